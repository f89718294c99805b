"""What Triton's interpreter gets wrong and the kernels need; used under TRITON_INTERPRET=1 only."""

from __future__ import annotations

from typing import Any

import triton.language as tl
from triton.runtime import interpreter


def mend_interpreter() -> None:
    """Make loops up to a loaded number work, and products of bfloat16."""
    patch_tensor, dot = interpreter._patch_lang_tensor, interpreter.InterpreterBuilder.create_dot

    def patch_and_mend(tensor: Any, *scope: Any) -> None:
        # NumPy 2.4 refuses int(array of one): https://github.com/triton-lang/triton/issues/9171
        patch_tensor(tensor, *scope)
        tensor.__index__ = lambda self: self.handle.data.item()

    def dot_in_float(self: Any, a: Any, b: Any, *rest: Any) -> Any:
        # bfloat16 is held as uint16 there, and would be multiplied as such.
        a, b = (self.cast_impl(x, tl.float32) if x.dtype == tl.bfloat16 else x for x in (a, b))
        return dot(self, a, b, *rest)

    interpreter._patch_lang_tensor = patch_and_mend
    interpreter.InterpreterBuilder.create_dot = dot_in_float
