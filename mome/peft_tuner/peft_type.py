"""The method's name as a member of PEFT's enum `PeftType`, added when this module is imported.

`register_peft_method` refuses a name that is not in the enum. The code relies on how the version
of `peft` in requirements.txt builds the enum; the tests check that the version is still that one.
"""

from __future__ import annotations

from peft import PeftType


def _member(name: str) -> PeftType:
    """Return `PeftType[name]`; add the member if it is missing."""
    if name not in PeftType.__members__:
        # An enum refuses new members, so set what its metaclass sets when the class is made.
        member = str.__new__(PeftType, name)
        member._name_ = name
        member._value_ = name
        type.__setattr__(PeftType, name, member)
        PeftType._member_names_.append(name)
        PeftType._member_map_[name] = member
        PeftType._value2member_map_[name] = member
    return PeftType[name]


MOME = _member("MOME")
