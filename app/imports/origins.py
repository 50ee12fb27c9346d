"""Reading where the values of members come from: columns, constants and templates."""

from collections.abc import Mapping

from app.imports.mapping import (
    Column,
    Constant,
    Origin,
    Template,
    Values,
    folded,
    is_template,
)
from app.imports.members import Form, Member
from app.imports.toml_table import Table, did_you_mean


class Origins:
    """Reads where values come from, and remembers which value maps were *used*."""

    def __init__(self, vocabulary: Mapping[str, Values]) -> None:
        self._vocabulary = vocabulary
        self.used: set[str] = set()

    def origin(self, table: Table, given: object, member: Member) -> Origin:
        """Return where the value of *member* comes from."""
        if isinstance(given, str) and given:
            return Column(name=given)
        if not isinstance(given, dict):
            raise table.wrong(
                f"`{member.path[-1]}` is the name of a column, or a table with "
                "`column`, `constant` or `template`"
            )
        inner = table.within(f"{table.place}, {member.path[-1]}", given)
        origin: Origin
        if "constant" in inner:
            origin = _constant(inner, member)
        elif "template" in inner:
            origin = template(inner, "template")
        else:
            origin = self._column(inner, member)
        inner.close()
        return origin

    def _column(self, table: Table, member: Member) -> Column:
        column = Column(
            name=table.column("column"),
            values=self._values(table, member),
            default=table.get("default", str),
            separator=table.get("separator", str),
        )
        if column.separator is not None and member.form is not Form.LIST:
            raise table.wrong(f"`separator` is for lists, and `{member.name}` is none")
        if column.default is not None:
            _check_choice(table, column.default, member)
        return column

    def _values(self, table: Table, member: Member) -> Values | None:
        given = table.take_any("values")
        if given is None:
            return None
        if isinstance(given, dict):
            values = _values(table.within(f"{table.place}, values", given), "`values`")
        elif isinstance(given, str) and given in self._vocabulary:
            values = self._vocabulary[given]
            self.used.add(given)
        else:
            near = did_you_mean(str(given), self._vocabulary)
            raise table.wrong(
                f"`values` is the name of a table [values.NAME], or a table{near}"
            )
        for meaning in values.meanings.values():
            if meaning:
                _check_choice(table, meaning, member, f" in {values.name}")
        return values


def vocabulary(table: Table) -> dict[str, Values]:
    """Return the value maps that the mapping gives names to."""
    return {
        name: _values(table.table(name), f"[values.{name}]") for name in table.names()
    }


def template(table: Table, name: str) -> Template:
    """Return the template that *name* gives, which must be there."""
    given = table.take_any(name)
    if not isinstance(given, str) or not is_template(given):
        raise table.wrong(
            f"`{name}` is a text with the names of columns in braces, as in "
            '"{kind}-{Asianumero}"'
        )
    return Template(given)


def _values(table: Table, name: str) -> Values:
    meanings: dict[str, str] = {}
    for word in table.names():
        meaning = table.take(word, str)
        if folded(word) in meanings:
            raise table.wrong(
                f"`{word}` stands there twice, but for capitals or spaces"
            )
        meanings[folded(word)] = meaning
    return Values(name=name, meanings=meanings)


def _constant(table: Table, member: Member) -> Constant:
    value = table.take_any("constant")
    if isinstance(value, str) and member.form is Form.TEXT:
        _check_choice(table, value, member)
        return Constant(value)
    if isinstance(value, int) and member.form is Form.WHOLE:
        return Constant(value)
    if isinstance(value, list) and member.form is Form.LIST:
        return Constant(tuple(map(str, value)))
    raise table.wrong(f"`constant` is a {member.form}")


def _check_choice(table: Table, value: str, member: Member, where: str = "") -> None:
    if member.choices and value not in member.choices:
        raise table.wrong(f"`{value}`{where} is none of {', '.join(member.choices)}")
