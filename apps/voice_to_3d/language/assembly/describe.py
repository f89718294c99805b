"""`describe`: the description of a part, read as an assembly, becomes one typed object with its features."""

from __future__ import annotations

from wugan.apps.voice_to_3d.language.assembly.building import Building
from wugan.apps.voice_to_3d.language.assembly.reader import Reader
from wugan.apps.voice_to_3d.language.parts.describe import LONGEST, Description, verified
from wugan.apps.voice_to_3d.scene.edit import Unread
from wugan.apps.voice_to_3d.scene.scene import Object
from wugan.errors import WuganError


def describe(text: str) -> Description:
    """Reads one part from one or many sentences."""
    if len(text) > LONGEST:
        return Description(None, (Unread(phrase=text[:300], reason=f"longer than {LONGEST} characters"),))
    reader = Reader().read(text)
    building = Building(reader).run()
    unread = (*reader.unread, *building.unread)
    if building.solid is None:
        return Description(None, unread or (Unread(phrase=text[:300], reason="no shape was found in it"),))
    try:
        features, dropped = verified(building.solid, building.result())
    except (WuganError, ValueError) as error:
        return Description(None, (Unread(phrase=text[:300], reason=str(error).splitlines()[0][:300]),))
    name = next((one.noun for one in reader.things if one.kind == "body"), "part")
    made = Object(id=f"{name.replace(' ', '-')}-1"[:80], name=name[:80], shape=building.solid, features=features)
    return Description(made, (*unread, *dropped), (*reader.assumed, *building.assumed))
