namespace Spud.Text.ChatTemplates;

/// <summary>A node of the syntax tree that has a value.</summary>
internal abstract record Expression(Place At);

internal sealed record LiteralExpression(Place At, object Value) : Expression(At);

internal sealed record NameExpression(Place At, string Name) : Expression(At);

internal sealed record ListExpression(Place At, IReadOnlyList<Expression> Items, bool IsTuple) : Expression(At);

internal sealed record MapExpression(Place At, IReadOnlyList<(Expression Key, Expression Value)> Entries) : Expression(At);

internal sealed record MemberExpression(Place At, Expression Target, string Name) : Expression(At);

internal sealed record IndexExpression(Place At, Expression Target, Expression Index) : Expression(At);

internal sealed record SliceExpression(Place At, Expression Target, Expression? Start, Expression? Stop, Expression? Step) : Expression(At);

internal sealed record CallExpression(Place At, Expression Target, ArgumentList Arguments) : Expression(At);

internal sealed record FilterExpression(Expression Target, FilterCall Filter) : Expression(Filter.At);

internal sealed record TestExpression(Place At, Expression Target, Builtin Test, ArgumentList Arguments) : Expression(At);

internal sealed record NegateExpression(Place At, Expression Operand, bool IsNegative) : Expression(At);

internal sealed record BinaryExpression(Place At, string Operator, Expression Left, Expression Right) : Expression(At);

internal sealed record ConcatExpression(Place At, IReadOnlyList<Expression> Parts) : Expression(At);

internal sealed record LogicExpression(Place At, bool IsAnd, IReadOnlyList<Expression> Parts) : Expression(At);

internal sealed record NotExpression(Place At, Expression Operand) : Expression(At);

internal sealed record CompareExpression(Place At, Expression First, IReadOnlyList<(string Operator, Expression Right)> Rest) : Expression(At);

internal sealed record ConditionExpression(Place At, Expression Then, Expression Condition, Expression? Otherwise) : Expression(At);

/// <summary>A filter with its arguments, not yet applied to a value.</summary>
internal sealed record FilterCall(Place At, Builtin Filter, ArgumentList Arguments);

/// <summary>The arguments of a call as written, including those unpacked with <c>*</c> and <c>**</c>.</summary>
internal sealed record ArgumentList(
    IReadOnlyList<Expression> Positional,
    IReadOnlyList<(string Name, Expression Value)> Named,
    Expression? Spread = null,
    Expression? NamedSpread = null)
{
    public static ArgumentList Empty { get; } = new([], []);
}
