namespace Spud.Text.ChatTemplates;

/// <summary>A node of the syntax tree that has an effect.</summary>
internal abstract record Statement(Place At);

internal sealed record TextStatement(Place At, string Text) : Statement(At);

internal sealed record OutputStatement(Place At, Expression Value) : Statement(At);

internal sealed record IfStatement(Place At, IReadOnlyList<(Expression Condition, Block Body)> Branches, Block Otherwise) : Statement(At);

internal sealed record ForStatement(Place At, AssignmentTarget Target, Expression Source, Expression? Condition, Block Body, Block Otherwise) : Statement(At);

internal sealed record SetStatement(Place At, AssignmentTarget Target, Expression Value) : Statement(At);

internal sealed record SetBlockStatement(Place At, AssignmentTarget Target, IReadOnlyList<FilterCall> Filters, Block Body) : Statement(At);

internal sealed record MacroStatement(Place At, MacroDefinition Macro) : Statement(At);

internal sealed record CallStatement(Place At, CallExpression Call, MacroDefinition Caller) : Statement(At);

internal sealed record FilterStatement(Place At, IReadOnlyList<FilterCall> Filters, Block Body) : Statement(At);

/// <summary>A body with its own scope: <c>with</c> and Hugging Face's <c>generation</c>.</summary>
internal sealed record ScopeStatement(Place At, IReadOnlyList<(AssignmentTarget Target, Expression Value)> Variables, Block Body) : Statement(At);

/// <summary><c>break</c> or <c>continue</c>.</summary>
internal sealed record LoopControlStatement(Place At, Flow Flow) : Statement(At);

internal sealed record MacroDefinition(string Name, IReadOnlyList<(string Name, Expression? Default)> Parameters, Block Body);

/// <summary>Statements in order.</summary>
internal sealed record Block(IReadOnlyList<Statement> Statements)
{
    public static Block Empty { get; } = new([]);
}

/// <summary>How a statement ended.</summary>
internal enum Flow
{
    Next,
    Break,
    Continue,
}

/// <summary>A target of an assignment.</summary>
internal abstract record AssignmentTarget(Place At);

internal sealed record NameTarget(Place At, string Name) : AssignmentTarget(At);

internal sealed record MemberTarget(Place At, string Name, string Member) : AssignmentTarget(At);

internal sealed record TupleTarget(Place At, IReadOnlyList<AssignmentTarget> Items) : AssignmentTarget(At);
