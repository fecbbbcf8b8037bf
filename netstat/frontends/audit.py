"""The second look: whatever reaches torch's dispatcher without having passed a function that was recorded."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch.utils._python_dispatch import TorchDispatchMode

_stack_size = torch._C._len_torch_dispatch_stack
_stack_at = torch._C._get_dispatch_stack_at
_pop, _push = torch._C._pop_torch_dispatch_stack, torch._C._push_on_torch_dispatch_stack


class Audit(TorchDispatchMode):  # type: ignore[no-untyped-call]  # torch says nothing of its own
    """Hands every operator the dispatcher executes back to the function mode that is active, as a call of its own.

    Scripted functions, calls from C++ and what functorch does are seen only here. A recorder turns the audit off while
    it runs a function it has taken note of, so that nothing is seen twice, and what escapes is all it costs.
    """

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        return func(*args, **(kwargs or {}))

    @contextmanager
    def off(self) -> Iterator[None]:
        """Not listening, unless somebody else's mode lies on top, which must stay there."""
        top = _stack_size() - 1
        listening = top >= 0 and _stack_at(top) is self
        if listening:
            _pop(None)
        try:
            yield
        finally:
            if listening:
                _push(self)
