"""A slide to tissue, nuclei and tokens, and a map of the nuclei back onto the slide.

The slide is drawn, so that the answer is known. Give the path of your own instead:

    python examples/read_slide.py [SLIDE [MICRONS_PER_PIXEL]]
"""

from __future__ import annotations

import sys

from PIL import Image

from wugan.modalities.medical.pathology import SlideEncoder, open_slide, overlay, summarise
from wugan.modalities.medical.pathology.phantom import draw_phantom


def draw() -> str:
    """A picture of 600 × 450 µm: half a millimetre of tissue, 3000 nuclei per mm²."""
    Image.fromarray(draw_phantom((600, 450), per_mm2=3000, margin_um=50).rgb).save("slide.png")
    return "slide.png"


def main() -> None:
    path = sys.argv[1] if len(sys.argv) > 1 else draw()
    # A PNG does not say how large its pixels are. Without mpp= it would be refused: nothing can be measured then.
    given = float(sys.argv[2]) if len(sys.argv) > 2 else 0.5 if path == "slide.png" else None
    with open_slide(path, mpp=given) as slide:
        encoder = SlideEncoder(max_tiles=400)
        analysis = encoder.analyse(slide)
        found = summarise(analysis)
        print(f"{found.slide}: {found.stain}, {found.tissue_mm2:.2f} mm² of tissue, {found.tiles} tiles")
        if found.nuclei_per_mm2 and found.nuclear_area_um2:
            density, area = found.nuclei_per_mm2, found.nuclear_area_um2
            print(f"nuclei: {density.value:.0f} per mm² (95 % {density.low:.0f} to {density.high:.0f})")
            print(f"nuclear area: {area.value:.1f} µm² (95 % {area.low:.1f} to {area.high:.1f})")
        for note in found.notes:
            print("note:", note)

        tokens = encoder.tokens(analysis)
        print(
            f"tokens: {tokens.values.shape}, the first is all of the slide, the others lie at {tokens.positions[1]} …"
        )

        weights = analysis.counts / analysis.tissue_mm2.clip(1e-6)
        picture = overlay(analysis.tiling, weights, slide=slide, label="nuclei per mm²")
        Image.fromarray(picture).save("nuclei.png")
        print("wrote nuclei.png")


if __name__ == "__main__":
    main()
