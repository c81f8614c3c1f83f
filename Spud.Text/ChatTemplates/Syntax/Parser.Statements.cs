using Spud.Models.Messages;

namespace Spud.Text.ChatTemplates;

internal sealed partial class Parser
{
    private static readonly string[] s_tags =
        ["if", "for", "set", "macro", "call", "filter", "with", "generation", "break", "continue", "raw"];

    /// <summary>Reads statements up to a tag whose name is one of <paramref name="ends"/>, including that name.</summary>
    private Block ParseBlock(Token? opening, params ReadOnlySpan<string> ends)
    {
        Enter();
        var statements = new List<Statement>();
        while (Current.Kind != TokenKind.End)
        {
            if (Current.Kind == TokenKind.TagStart && Peek().Kind == TokenKind.Name && ends.Contains(Peek().Text))
            {
                _next++;
                Leave();
                return new Block(statements);
            }

            statements.Add(ParseStatement(ends));
        }

        if (opening is not null)
            throw opening.At.Fail($"'{opening.Text}' is never closed: expected '{ends[^1]}', got the end of the template");
        Leave();
        return new Block(statements);
    }

    private Statement ParseStatement(ReadOnlySpan<string> ends)
    {
        Token token = Take();
        switch (token.Kind)
        {
            case TokenKind.Text:
                return new TextStatement(token.At, token.Text);
            case TokenKind.OutputStart:
                Expression value = ParseTuple(withCondition: true);
                Expect(TokenKind.OutputEnd, "'}}'");
                return new OutputStatement(token.At, value);
            default:
                return ParseTag(ExpectName("the name of a tag"), ends);
        }
    }

    private Statement ParseTag(Token tag, ReadOnlySpan<string> ends) => tag.Text switch
    {
        "if" => ParseIf(tag),
        "for" => ParseFor(tag),
        "set" => ParseSet(tag),
        "macro" => ParseMacro(tag),
        "call" => ParseCallBlock(tag),
        "filter" => ParseFilterBlock(tag),
        "with" => ParseWith(tag),
        "generation" => ParseGeneration(tag),
        "break" => ParseLoopControl(tag, Flow.Break),
        "continue" => ParseLoopControl(tag, Flow.Continue),
        _ => throw UnknownTag(tag, ends),
    };

    private static TemplateException UnknownTag(Token tag, ReadOnlySpan<string> ends)
    {
        string expected = ends.IsEmpty ? "" : $"; expected '{string.Join("' or '", ends!)}' here";
        string nearest = Suggestion.Hint(tag.Text, [.. s_tags, .. ends]);
        return tag.At.Fail($"unknown or misplaced tag '{tag.Text}'{expected}.{nearest} Known tags: {string.Join(", ", s_tags)}");
    }

    private void EndTag() => Expect(TokenKind.TagEnd, "'%}'");

    private IfStatement ParseIf(Token tag)
    {
        var branches = new List<(Expression, Block)>();
        Block otherwise = Block.Empty;
        while (true)
        {
            Expression condition = ParseTuple(withCondition: false);
            EndTag();
            branches.Add((condition, ParseBlock(tag, "elif", "else", "endif")));
            Token end = Take();
            if (end.Text == "elif")
                continue;
            if (end.Text == "else")
            {
                EndTag();
                otherwise = ParseBlock(tag, "endif");
                _next++;
            }

            EndTag();
            return new IfStatement(tag.At, branches, otherwise);
        }
    }

    private ForStatement ParseFor(Token tag)
    {
        AssignmentTarget target = ParseTargets(allowMembers: false);
        if (!TryTakeName("in"))
            throw Unexpected("'in'");
        Expression source = ParseTuple(withCondition: false);
        Expression? condition = TryTakeName("if") ? ParseExpression() : null;
        if (Current.IsName("recursive"))
            throw Current.At.Fail("recursive loops are not available in a chat template; use a macro that calls itself");
        EndTag();
        _loops++;
        Block body = ParseBlock(tag, "else", "endfor");
        _loops--;
        Block otherwise = Block.Empty;
        if (Take().Text == "else")
        {
            EndTag();
            otherwise = ParseBlock(tag, "endfor");
            _next++;
        }

        EndTag();
        return new ForStatement(tag.At, target, source, condition, body, otherwise);
    }

    private Statement ParseSet(Token tag)
    {
        AssignmentTarget target = ParseTargets(allowMembers: true);
        if (TryTake("="))
        {
            Expression value = ParseTuple(withCondition: true);
            EndTag();
            return new SetStatement(tag.At, target, value);
        }

        IReadOnlyList<FilterCall> filters = ParseFilterChain();
        return new SetBlockStatement(tag.At, target, filters, ParseDetachedBody(tag, "endset"));
    }

    private MacroStatement ParseMacro(Token tag)
    {
        string name = ExpectName("the macro's name").Text;
        IReadOnlyList<(string, Expression?)> parameters = ParseParameters();
        return new MacroStatement(tag.At, new MacroDefinition(name, parameters, ParseDetachedBody(tag, "endmacro")));
    }

    private CallStatement ParseCallBlock(Token tag)
    {
        IReadOnlyList<(string, Expression?)> parameters = Current.Is("(") ? ParseParameters() : [];
        if (ParseExpression() is not CallExpression call)
            throw tag.At.Fail("'call' expects the call of a macro, such as {% call frame('title') %}");
        return new CallStatement(tag.At, call, new MacroDefinition("caller", parameters, ParseDetachedBody(tag, "endcall")));
    }

    private FilterStatement ParseFilterBlock(Token tag)
    {
        var filters = new List<FilterCall> { ParseFilter() };
        filters.AddRange(ParseFilterChain());
        return new FilterStatement(tag.At, filters, ParseDetachedBody(tag, "endfilter"));
    }

    private ScopeStatement ParseWith(Token tag)
    {
        var variables = new List<(AssignmentTarget, Expression)>();
        while (Current.Kind != TokenKind.TagEnd)
        {
            if (variables.Count > 0)
                Expect(",");
            AssignmentTarget target = ParseTarget(allowMembers: false);
            Expect("=");
            variables.Add((target, ParseExpression()));
        }

        EndTag();
        Block body = ParseBlock(tag, "endwith");
        _next++;
        EndTag();
        return new ScopeStatement(tag.At, variables, body);
    }

    private ScopeStatement ParseGeneration(Token tag) => new(tag.At, [], ParseDetachedBody(tag, "endgeneration"));

    private LoopControlStatement ParseLoopControl(Token tag, Flow flow)
    {
        if (_loops == 0)
            throw tag.At.Fail($"'{tag.Text}' is outside of a loop");
        EndTag();
        return new LoopControlStatement(tag.At, flow);
    }

    /// <summary>Reads the rest of a tag and a body that no <c>break</c> may leave, because its text is captured.</summary>
    private Block ParseDetachedBody(Token tag, string end)
    {
        EndTag();
        int loops = _loops;
        _loops = 0;
        Block body = ParseBlock(tag, end);
        _loops = loops;
        _next++;
        EndTag();
        return body;
    }

    private List<(string Name, Expression? Default)> ParseParameters()
    {
        var parameters = new List<(string Name, Expression? Default)>();
        Expect("(");
        while (!Current.Is(")"))
        {
            if (parameters.Count > 0)
                Expect(",");
            Token name = ExpectName("the name of a parameter");
            Expression? value = TryTake("=") ? ParseExpression() : null;
            if (value is null && parameters.Count > 0 && parameters[^1].Default is not null)
                throw name.At.Fail($"parameter '{name.Text}' needs a default, because the one before it has one");
            if (parameters.Exists(p => p.Name == name.Text))
                throw name.At.Fail($"parameter '{name.Text}' appears twice");
            parameters.Add((name.Text, value));
        }

        Expect(")");
        return parameters;
    }

    private AssignmentTarget ParseTargets(bool allowMembers)
    {
        Enter();
        AssignmentTarget first = ParseTarget(allowMembers);
        if (!Current.Is(","))
        {
            Leave();
            return first;
        }

        var items = new List<AssignmentTarget> { first };
        while (TryTake(",") && (Current.Kind == TokenKind.Name || Current.Is("(")) && !Current.IsName("in"))
            items.Add(ParseTarget(allowMembers));
        Leave();
        return new TupleTarget(first.At, items);
    }

    private AssignmentTarget ParseTarget(bool allowMembers)
    {
        if (TryTake("("))
        {
            AssignmentTarget inner = ParseTargets(allowMembers);
            Expect(")");
            return inner;
        }

        Token name = ExpectName("the name of a variable");
        if (Literals.IsReserved(name.Text))
            throw name.At.Fail($"'{name.Text}' cannot be assigned to");
        if (allowMembers && TryTake("."))
            return new MemberTarget(name.At, name.Text, ExpectName("the name of an attribute").Text);
        return new NameTarget(name.At, name.Text);
    }
}
