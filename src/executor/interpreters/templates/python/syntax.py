"""Reads from a plugin's syntax what it imports before it does anything else. Part of warm.py."""

import _ast

# Kinds of syntax that only name and hold values. Python before 3.8 has Num, Str, Bytes and NameConstant.
VALUES = "Constant Num Str Bytes NameConstant Name Load Store Tuple List Set Dict UnaryOp USub".split()


def first_imports(statements):
    for statement in statements:
        if isinstance(statement, _ast.Import):
            for alias in statement.names:
                yield alias.name, []
        elif isinstance(statement, _ast.ImportFrom) and statement.level == 0:
            if statement.module != "__future__":
                yield statement.module, [alias.name for alias in statement.names if alias.name != "*"]
        elif isinstance(statement, _ast.Try) and tries_imports(statement):
            yield from first_imports(statement.body)
        elif not is_passive(statement):
            return


def tries_imports(statement):
    """The handlers do not matter: they run only after an import that fails."""
    statements = statement.body + statement.orelse + statement.finalbody
    return all(isinstance(each, (_ast.Import, _ast.ImportFrom)) for each in statements)


def is_passive(statement):
    """Whether the statement only defines a function, or gives a name to a literal value."""
    if isinstance(statement, (_ast.FunctionDef, _ast.AsyncFunctionDef)):
        defaults = [each for each in statement.args.defaults + statement.args.kw_defaults if each is not None]
        has_only_values = all(map(is_value, defaults))
        return has_only_values and not statement.decorator_list and not has_annotation(statement)
    if isinstance(statement, _ast.Assign):
        has_only_names = all(isinstance(target, _ast.Name) for target in statement.targets)
        return has_only_names and is_value(statement.value)
    if isinstance(statement, _ast.Expr):
        return is_value(statement.value)
    return isinstance(statement, _ast.Pass)


def has_annotation(function):
    arguments = function.args
    every = [*arguments.args, *arguments.kwonlyargs, *getattr(arguments, "posonlyargs", ())]
    every += [argument for argument in (arguments.vararg, arguments.kwarg) if argument is not None]
    return function.returns is not None or any(argument.annotation is not None for argument in every)


def is_value(node):
    if type(node).__name__ not in VALUES:
        return False
    return all(is_value(part) for part in parts_of(node))


def parts_of(node):
    for field in node._fields:
        value = getattr(node, field, None)
        values = value if isinstance(value, list) else [value]
        yield from (each for each in values if isinstance(each, _ast.AST))
