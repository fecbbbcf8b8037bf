"""The second look: whatever reaches torch's dispatcher without having passed a function that was recorded."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch.utils._python_dispatch import TorchDispatchMode

_stack_size = torch._C._len_torch_dispatch_stack
_stack_at = torch._C._get_dispatch_stack_at
_pop, _push = torch._C._pop_torch_dispatch_stack, torch._C._push_on_torch_dispatch_stack


class Audit(TorchDispatchMode):  # type: ignore[no-untyped-call]  # torch says nothing of its own
    """Hands every operator the dispatcher executes to whoever takes note.

    Scripted functions, calls from C++ and what functorch does are seen only here. A recorder turns the audit off while
    it runs a function it has taken note of, so that nothing is seen twice, and what escapes is all it costs.
    """

    def __init__(self, note: Callable[[Any, tuple[Any, ...], dict[str, Any]], Any]) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._note = note
        self.listening = True

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        if not self.listening:
            return func(*args, **(kwargs or {}))
        with torch._C.DisableTorchFunction():  # what is noted here is not to be met as a function again
            return self._note(func, args, kwargs or {})

    def pause(self) -> bool:
        """Stop listening: off the stack, unless somebody else's mode lies on top, which must stay there.

        Returns whether it was taken off, which `resume` wants to know. No context manager: this happens at every call.
        """
        self.listening = False
        top = _stack_size() - 1
        if top < 0 or _stack_at(top) is not self:
            return False
        _pop(None)
        return True

    def resume(self, taken_off: bool, listening: bool) -> None:
        """Undo `pause`."""
        self.listening = listening
        if taken_off:
            _push(self)

    @contextmanager
    def on(self) -> Iterator[None]:
        """Listening again, in the middle of a pause."""
        before, self.listening = self.listening, True
        try:
            with self:
                yield
        finally:
            self.listening = before
