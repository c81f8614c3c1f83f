namespace Spud.Text.ChatTemplates;

/// <summary>Expressions from the loosest binding to the tightest: if-else, or, and, not, comparison, + -, ~, * / // %, **, sign.</summary>
internal sealed partial class Parser
{
    private static readonly string[] s_comparisons = ["==", "!=", "<", "<=", ">", ">="];
    private static readonly string[] s_sums = ["+", "-"];
    private static readonly string[] s_products = ["*", "/", "//", "%"];
    private static readonly string[] s_powers = ["**"];

    private Expression ParseExpression()
    {
        Enter();
        Expression value = ParseOr();
        while (Current.IsName("if"))
        {
            Place at = Take().At;
            Expression condition = ParseOr();
            Expression? otherwise = TryTakeName("else") ? ParseExpression() : null;
            value = new ConditionExpression(at, value, condition, otherwise);
        }

        Leave();
        return value;
    }

    /// <summary>Parses one expression, or several separated by commas, which form a tuple.</summary>
    private Expression ParseTuple(bool withCondition)
    {
        Expression first = ParseTupleItem(withCondition);
        if (!Current.Is(","))
            return first;
        var items = new List<Expression> { first };
        while (TryTake(",") && !IsTupleEnd())
            items.Add(ParseTupleItem(withCondition));
        return new ListExpression(first.At, items, IsTuple: true);
    }

    private Expression ParseTupleItem(bool withCondition) => withCondition ? ParseExpression() : ParseOr();

    private bool IsTupleEnd() => Current.Kind is TokenKind.OutputEnd or TokenKind.TagEnd || Current.Is(")");

    private Expression ParseOr() => ParseLogic(isAnd: false);

    private Expression ParseLogic(bool isAnd)
    {
        Expression first = isAnd ? ParseNot() : ParseLogic(isAnd: true);
        string word = isAnd ? "and" : "or";
        if (!Current.IsName(word))
            return first;
        Place at = Current.At;
        var parts = new List<Expression> { first };
        while (TryTakeName(word))
            parts.Add(isAnd ? ParseNot() : ParseLogic(isAnd: true));
        return new LogicExpression(at, isAnd, parts);
    }

    private Expression ParseNot()
    {
        if (!Current.IsName("not"))
            return ParseComparison();
        Enter();
        Place at = Take().At;
        var negated = new NotExpression(at, ParseNot());
        Leave();
        return negated;
    }

    private Expression ParseComparison()
    {
        Expression first = ParseSum();
        Place at = Current.At;
        var rest = new List<(string, Expression)>();
        while (TakeComparison() is { } comparison)
            rest.Add((comparison, ParseSum()));
        return rest.Count == 0 ? first : new CompareExpression(at, first, rest);
    }

    private string? TakeComparison()
    {
        if (Current.Kind == TokenKind.Operator && s_comparisons.Contains(Current.Text))
            return Take().Text;
        if (TryTakeName("in"))
            return "in";
        if (!Current.IsName("not") || !Peek().IsName("in"))
            return null;
        _next += 2;
        return "not in";
    }

    private Expression ParseSum() => ParseBinary(s_sums, static parser => parser.ParseConcat());

    private Expression ParseConcat()
    {
        Expression first = ParseProduct();
        if (!Current.Is("~"))
            return first;
        Place at = Current.At;
        var parts = new List<Expression> { first };
        while (TryTake("~"))
            parts.Add(ParseProduct());
        return new ConcatExpression(at, parts);
    }

    private Expression ParseProduct() => ParseBinary(s_products, static parser => parser.ParsePower());

    private Expression ParsePower() => ParseBinary(s_powers, static parser => parser.ParseUnary(withFilters: true));

    private Expression ParseBinary(string[] operators, Func<Parser, Expression> parseOperand)
    {
        Expression left = parseOperand(this);
        while (Current.Kind == TokenKind.Operator && operators.Contains(Current.Text))
        {
            Token symbol = Take();
            left = new BinaryExpression(symbol.At, symbol.Text, left, parseOperand(this));
        }

        return left;
    }

    private Expression ParseUnary(bool withFilters)
    {
        Enter();
        Expression value;
        if (Current.Is("-") || Current.Is("+"))
        {
            Token sign = Take();
            value = new NegateExpression(sign.At, ParseUnary(withFilters: false), sign.Text == "-");
        }
        else
        {
            value = ParsePrimary();
        }

        value = ParsePostfix(value);
        if (withFilters)
            value = ParseFiltersAndTests(value);
        Leave();
        return value;
    }

    private Expression ParsePrimary()
    {
        Token token = Take();
        switch (token.Kind)
        {
            case TokenKind.Name:
                return Literals.Find(token.Text) is { } value ? new LiteralExpression(token.At, value) : new NameExpression(token.At, token.Text);
            case TokenKind.String:
                return ParseStrings(token);
            case TokenKind.Integer or TokenKind.Float:
                return new LiteralExpression(token.At, token.Value!);
            case TokenKind.Operator when token.Text == "(":
                return ParseParenthesised(token);
            case TokenKind.Operator when token.Text == "[":
                return ParseList(token);
            case TokenKind.Operator when token.Text == "{":
                return ParseMap(token);
            default:
                throw token.At.Fail($"expected an expression, got {token.Describe()}");
        }
    }

    /// <summary>Adjacent strings are concatenated.</summary>
    private LiteralExpression ParseStrings(Token first)
    {
        string text = first.Text;
        if (Current.Kind == TokenKind.String)
        {
            var parts = new List<string> { text };
            while (Current.Kind == TokenKind.String)
                parts.Add(Take().Text);
            text = string.Concat(parts);
        }

        return new LiteralExpression(first.At, TemplateString.Own(text));
    }

    private Expression ParseParenthesised(Token open)
    {
        if (TryTake(")"))
            return new ListExpression(open.At, [], IsTuple: true);
        Expression inner = ParseTuple(withCondition: true);
        Expect(")");
        return inner;
    }

    private ListExpression ParseList(Token open)
    {
        var items = new List<Expression>();
        while (!Current.Is("]"))
        {
            if (items.Count > 0)
                Expect(",");
            if (!Current.Is("]"))
                items.Add(ParseExpression());
        }

        Expect("]");
        return new ListExpression(open.At, items, IsTuple: false);
    }

    private MapExpression ParseMap(Token open)
    {
        var entries = new List<(Expression, Expression)>();
        while (!Current.Is("}"))
        {
            if (entries.Count > 0)
                Expect(",");
            if (Current.Is("}"))
                break;
            Expression key = ParseExpression();
            Expect(":");
            entries.Add((key, ParseExpression()));
        }

        Expect("}");
        return new MapExpression(open.At, entries);
    }
}
