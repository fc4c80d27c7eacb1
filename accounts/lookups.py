"""`office__any_of=[…]`: one array for the database, where `in` would be a parameter for each of some 300 offices."""

from typing import Any

from django.db.models import BigAutoField, ForeignKey, Lookup
from django.db.models.sql.compiler import SQLCompiler


@ForeignKey.register_lookup
@BigAutoField.register_lookup
class AnyOf(Lookup[Any]):
    """True where the column equals one of a list of whole numbers."""

    lookup_name = "any_of"
    prepare_rhs = False

    def as_sql(self, compiler: SQLCompiler, connection: Any) -> Any:
        column, params = self.process_lhs(compiler, connection)
        return f"{column} = ANY(%s)", [*params, list(self.rhs)]
