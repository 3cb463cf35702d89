"""Say who, about what, said what, where and with what tone."""
