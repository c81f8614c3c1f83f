namespace Spud.Text.ChatTemplates;

internal sealed partial class Evaluator
{
    public object Evaluate(Expression expression, Scope scope)
    {
        run.Enter();
        run.At = expression.At;
        object value = expression switch
        {
            LiteralExpression literal => literal.Value,
            NameExpression name => scope.Find(name.Name) ?? new Undefined($"'{name.Name}' is undefined"),
            ListExpression list => new TemplateList(EvaluateAll(list.Items, scope), list.IsTuple),
            MapExpression map => EvaluateMap(map, scope),
            MemberExpression member => EvaluateMember(member, scope),
            IndexExpression index => EvaluateIndex(index, scope),
            SliceExpression slice => EvaluateSlice(slice, scope),
            CallExpression call => EvaluateCall(call, scope),
            FilterExpression filter => Apply(filter.Filter, Evaluate(filter.Target, scope), scope),
            TestExpression test => EvaluateTest(test, scope),
            _ => EvaluateOperator(expression, scope),
        };
        run.Leave();
        return value;
    }

    private object EvaluateOperator(Expression expression, Scope scope) => expression switch
    {
        NegateExpression negate => EvaluateSign(negate, scope),
        BinaryExpression binary => EvaluateBinary(binary, scope),
        ConcatExpression concat => EvaluateConcat(concat, scope),
        LogicExpression logic => EvaluateLogic(logic, scope),
        NotExpression not => !ValueTypes.IsTrue(Evaluate(not.Operand, scope)),
        CompareExpression compare => EvaluateCompare(compare, scope),
        ConditionExpression condition => EvaluateCondition(condition, scope),
        _ => throw new ArgumentException($"{expression.GetType()} is not an expression that can be evaluated", nameof(expression)),
    };

    private List<object> EvaluateAll(IReadOnlyList<Expression> expressions, Scope scope)
    {
        run.ChargeItems(expressions.Count);
        var values = new List<object>(expressions.Count);
        foreach (Expression expression in expressions)
            values.Add(Evaluate(expression, scope));
        return values;
    }

    private TemplateMap EvaluateMap(MapExpression expression, Scope scope)
    {
        var map = new TemplateMap();
        foreach ((Expression key, Expression value) in expression.Entries)
            map.Set(run, Evaluate(key, scope), Evaluate(value, scope));
        return map;
    }

    private object EvaluateMember(MemberExpression expression, Scope scope)
    {
        object target = Evaluate(expression.Target, scope);
        run.At = expression.At;
        return Members.Attribute(run, target, expression.Name);
    }

    private object EvaluateIndex(IndexExpression expression, Scope scope)
    {
        object target = Evaluate(expression.Target, scope);
        object index = Evaluate(expression.Index, scope);
        run.At = expression.At;
        return Members.Item(run, target, index);
    }

    private object EvaluateSlice(SliceExpression expression, Scope scope)
    {
        object target = Evaluate(expression.Target, scope);
        object start = EvaluateOrNone(expression.Start, scope);
        object stop = EvaluateOrNone(expression.Stop, scope);
        object step = EvaluateOrNone(expression.Step, scope);
        run.At = expression.At;
        return Slices.Take(run, target, start, stop, step);
    }

    private object EvaluateOrNone(Expression? expression, Scope scope) => expression is null ? None.Value : Evaluate(expression, scope);

    private object EvaluateCall(CallExpression expression, Scope scope)
    {
        object target = Evaluate(expression.Target, scope);
        CallArguments arguments = Evaluate(expression.Arguments, scope);
        run.At = expression.At;
        return Call(target, arguments);
    }

    private object Call(object target, CallArguments arguments) => target switch
    {
        Callable callable => callable.Call(run, arguments),
        Undefined undefined => throw run.Fail(undefined.Problem),
        _ => throw run.Fail($"expected something that can be called, got {ValueTypes.Describe(target)}"),
    };

    private CallArguments Evaluate(ArgumentList list, Scope scope)
    {
        if (ReferenceEquals(list, ArgumentList.Empty))
            return CallArguments.Empty;
        List<object> positional = EvaluateAll(list.Positional, scope);
        var named = new List<(string Name, object Value)>();
        foreach ((string name, Expression value) in list.Named)
            named.Add((name, Evaluate(value, scope)));
        if (list.Spread is not null)
            positional.AddRange(ValueTypes.Items(run, Evaluate(list.Spread, scope)));
        if (list.NamedSpread is not null)
            AddNamed(named, Evaluate(list.NamedSpread, scope));
        run.ChargeItems(positional.Count + named.Count);
        return new CallArguments(positional, named);
    }

    private void AddNamed(List<(string Name, object Value)> named, object value)
    {
        if (value is not TemplateMap map)
            throw run.Fail($"'**' expects a dictionary, got {ValueTypes.Describe(value)}");
        foreach ((object key, object item) in map.Entries)
            named.Add(((key as TemplateString)?.Text ?? throw run.Fail("'**' expects a dictionary with strings as keys"), item));
    }

    private object Apply(FilterCall filter, object value, Scope scope)
    {
        CallArguments arguments = Evaluate(filter.Arguments, scope);
        run.At = filter.At;
        return filter.Filter.Invoke(run, value, arguments);
    }

    private object Apply(IReadOnlyList<FilterCall> filters, object value, Scope scope)
    {
        foreach (FilterCall filter in filters)
            value = Apply(filter, value, scope);
        return value;
    }

    private object EvaluateTest(TestExpression expression, Scope scope)
    {
        object target = Evaluate(expression.Target, scope);
        CallArguments arguments = Evaluate(expression.Arguments, scope);
        run.At = expression.At;
        return expression.Test.Invoke(run, target, arguments);
    }

    private object EvaluateSign(NegateExpression expression, Scope scope)
    {
        object operand = Evaluate(expression.Operand, scope);
        run.At = expression.At;
        return Operators.Sign(run, operand, expression.IsNegative);
    }

    private object EvaluateBinary(BinaryExpression expression, Scope scope)
    {
        object left = Evaluate(expression.Left, scope);
        object right = Evaluate(expression.Right, scope);
        run.At = expression.At;
        return Operators.Apply(run, expression.Operator, left, right);
    }

    private TemplateString EvaluateConcat(ConcatExpression expression, Scope scope)
    {
        var text = new BoundedText(run);
        foreach (Expression part in expression.Parts)
            text.Append(ValueText.Of(run, Evaluate(part, scope)));
        return text.ToText();
    }

    private object EvaluateLogic(LogicExpression expression, Scope scope)
    {
        object value = Evaluate(expression.Parts[0], scope);
        for (int i = 1; i < expression.Parts.Count && ValueTypes.IsTrue(value) == expression.IsAnd; i++)
            value = Evaluate(expression.Parts[i], scope);
        return value;
    }

    private object EvaluateCompare(CompareExpression expression, Scope scope)
    {
        object left = Evaluate(expression.First, scope);
        foreach ((string symbol, Expression operand) in expression.Rest)
        {
            object right = Evaluate(operand, scope);
            run.At = expression.At;
            if (!Operators.Compare(run, symbol, left, right))
                return false;
            left = right;
        }

        return true;
    }

    private object EvaluateCondition(ConditionExpression expression, Scope scope)
    {
        if (ValueTypes.IsTrue(Evaluate(expression.Condition, scope)))
            return Evaluate(expression.Then, scope);
        return expression.Otherwise is null
            ? new Undefined("the condition of this inline 'if' is false and there is no 'else'")
            : Evaluate(expression.Otherwise, scope);
    }
}
