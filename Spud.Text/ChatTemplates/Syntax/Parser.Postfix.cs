using Spud.Models.Messages;

namespace Spud.Text.ChatTemplates;

/// <summary>Parses what can follow a value: attributes, subscripts, calls, filters and tests.</summary>
internal sealed partial class Parser
{
    private Expression ParsePostfix(Expression value)
    {
        while (Current.Kind == TokenKind.Operator)
        {
            if (Current.Is("."))
                value = ParseMember(value);
            else if (Current.Is("["))
                value = ParseSubscript(value);
            else if (Current.Is("("))
                value = new CallExpression(Current.At, value, ParseArguments());
            else
                break;
        }

        return value;
    }

    private Expression ParseFiltersAndTests(Expression value)
    {
        while (true)
        {
            if (TryTake("|"))
                value = new FilterExpression(value, ParseFilter());
            else if (TryTakeName("is"))
                value = ParseTest(value);
            else if (Current.Is("("))
                value = new CallExpression(Current.At, value, ParseArguments());
            else
                return value;
        }
    }

    private Expression ParseMember(Expression target)
    {
        Place at = Take().At;
        if (Current.Kind == TokenKind.Integer)
            return new IndexExpression(at, target, new LiteralExpression(Current.At, Take().Value!));
        return new MemberExpression(at, target, ExpectName("the name of an attribute").Text);
    }

    private Expression ParseSubscript(Expression target)
    {
        Place at = Take().At;
        Expression? start = Current.Is(":") ? null : ParseExpression();
        if (start is not null && !Current.Is(":"))
        {
            Expect("]");
            return new IndexExpression(at, target, start);
        }

        Expect(":");
        Expression? stop = Current.Is(":") || Current.Is("]") ? null : ParseExpression();
        Expression? step = TryTake(":") && !Current.Is("]") ? ParseExpression() : null;
        Expect("]");
        return new SliceExpression(at, target, start, stop, step);
    }

    private ArgumentList ParseArguments()
    {
        Place at = Expect("(").At;
        var positional = new List<Expression>();
        var named = new List<(string Name, Expression Value)>();
        Expression? spread = null;
        Expression? namedSpread = null;
        while (!Current.Is(")"))
        {
            if (TryTake("**"))
                namedSpread = namedSpread is null ? ParseExpression() : throw at.Fail("a call may have only one '**'");
            else if (TryTake("*"))
                spread = spread is null ? ParseExpression() : throw at.Fail("a call may have only one '*'");
            else if (Current.Kind == TokenKind.Name && Peek().Is("="))
                named.Add(ParseNamedArgument(named));
            else if (named.Count == 0 && spread is null && namedSpread is null)
                positional.Add(ParseExpression());
            else
                throw Current.At.Fail("a positional argument follows a named one");
            if (!Current.Is(")"))
                Expect(",");
        }

        Expect(")");
        return new ArgumentList(positional, named, spread, namedSpread);
    }

    private (string Name, Expression Value) ParseNamedArgument(List<(string Name, Expression Value)> before)
    {
        Token name = Take();
        Expect("=");
        if (before.Exists(a => a.Name == name.Text))
            throw name.At.Fail($"argument '{name.Text}' is given twice");
        return (name.Text, ParseExpression());
    }

    private List<FilterCall> ParseFilterChain()
    {
        var filters = new List<FilterCall>();
        while (TryTake("|"))
            filters.Add(ParseFilter());
        return filters;
    }

    private FilterCall ParseFilter()
    {
        Token name = ExpectName("the name of a filter");
        Builtin filter = Filters.Find(name.Text)
            ?? throw name.At.Fail($"unknown filter '{name.Text}'.{Suggestion.Hint(name.Text, Filters.Names)}");
        return new FilterCall(name.At, filter, Current.Is("(") ? ParseArguments() : ArgumentList.Empty);
    }

    private Expression ParseTest(Expression target)
    {
        bool negated = TryTakeName("not");
        Token name = ExpectName("the name of a test");
        Builtin test = Tests.Find(name.Text)
            ?? throw name.At.Fail($"unknown test '{name.Text}'.{Suggestion.Hint(name.Text, Tests.Names)}");
        var expression = new TestExpression(name.At, target, test, ParseTestArguments());
        return negated ? new NotExpression(name.At, expression) : expression;
    }

    /// <summary>A test's only argument may be written without parentheses: <c>x is divisibleby 3</c>.</summary>
    private ArgumentList ParseTestArguments()
    {
        if (Current.Is("("))
            return ParseArguments();
        bool isKeyword = Current.Kind == TokenKind.Name && Current.Text is "else" or "or" or "and" or "is" or "if" or "in" or "not" or "recursive";
        bool startsValue = Current.Kind is TokenKind.Name or TokenKind.String or TokenKind.Integer or TokenKind.Float || Current.Is("[") || Current.Is("{");
        if (isKeyword || !startsValue)
            return ArgumentList.Empty;
        return new ArgumentList([ParsePostfix(ParsePrimary())], []);
    }
}
