"""The name of the method in PEFT's closed list of types: a member that is added when this is imported, for `register_peft_method`
refuses a name that is not there. Tried with the version of `peft` in constraints.txt; the tests hold it to what it does here."""

from __future__ import annotations

from peft import PeftType


def _member(name: str) -> PeftType:
    """`PeftType[name]`, added where it is missing."""
    if name not in PeftType.__members__:
        member = str.__new__(PeftType, name)
        member._name_, member._value_ = name, name
        type.__setattr__(PeftType, name, member)
        PeftType._member_names_.append(name)
        PeftType._member_map_[name] = PeftType._value2member_map_[name] = member
    return PeftType[name]


MOME = _member("MOME")
