"""Being told which functions modules call in their own forward, while they run."""

from collections.abc import Callable, Mapping
from typing import Any

from torch import overrides
from torch._ops import OpOverload, OpOverloadPacket

from netstat.frontends.dispatched import name_of, word_of
from netstat.frontends.opening import opened
from netstat.frontends.vocabulary import Word, vocabulary

Wanted = Mapping[str, Mapping[str, Any]]
NOTHING: Mapping[str, Any] = {}

# To enter and leave a mode as `with` does, but at the times hooks say. Torch has no types for these.
_current_mode: Callable[[], Any] = overrides._get_current_function_mode
_push_mode: Callable[[Any], None] = overrides._push_mode
_pop_mode: Callable[[], Any] = overrides._pop_mode


class OwnFunctions(overrides.TorchFunctionMode):
    """Hands calls of functions over to whoever wants them, by path of the running module and name of the operator.

    It is active in a module's own forward alone, from `enter` to `leave`, and never in what that calls: a mode that is
    active slows everything down, and a kernel that does the whole work of a module is not used under one. Where the
    model has a mode of its own above this one, it stays active, and lets pass what nobody wants.
    """

    def __init__(self, wanted: Wanted, called: Callable[[str, str, Any, Any, Any], Any]) -> None:
        """Args: operators wanted, by path; who calls them, given path, operator, function, arguments, named ones."""
        super().__init__()
        self._everywhere, self._called = wanted, called
        self._path, self._wanted = "", NOTHING
        self._words = vocabulary()
        self._opening: list[Any] = []

    def enter(self, path: str) -> tuple[str, bool]:
        """The module at `path` begins. What comes back has to be given to `leave`."""
        before = self._path, self.is_active()
        self._turn(path, bool(self._everywhere.get(path)))
        return before

    def leave(self, before: tuple[str, bool]) -> None:
        """It ends."""
        self._turn(*before)

    def is_active(self) -> bool:
        """Whether functions come here, and to no other mode first."""
        return _current_mode() is self

    def _turn(self, path: str, active: bool) -> None:
        self._path, self._wanted = path, self._everywhere.get(path, NOTHING)
        if active and not self.is_active():
            _push_mode(self)
        elif self.is_active() and not active:
            _pop_mode()

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        kwargs = kwargs or {}
        word, named = self._word(func, args)
        if not (word or func in self._opening) and self._wanted and (inside := opened(func)):
            return self._open(inside, func, args, kwargs)
        op = _operator(func, word, named, kwargs)
        if op in self._wanted:
            return self._called(self._path, op, func, args, kwargs)
        return func(*args, **kwargs)

    def _word(self, func: Any, args: Any) -> tuple[Word | None, Any]:
        if isinstance(func, (OpOverload, OpOverloadPacket)):
            return word_of(func, args)
        return self._words.get(func), args

    def _open(self, inside: Callable[..., Any], func: Any, args: Any, kwargs: Any) -> Any:
        """A function written in Python: what it calls comes here in its place."""
        self._opening.append(func)
        try:
            with self:
                return inside(*args, **kwargs)
        finally:
            self._opening.remove(func)


def _operator(func: Any, word: Word | None, args: Any, kwargs: Any) -> str:
    """The name of the operator that a call is; the function's own where it is none of ours."""
    if word and word.otherwise:
        understood = word.understood(args, kwargs)
        return understood[0].name if understood else name_of(func)
    return word.operator.name if word else name_of(func)
