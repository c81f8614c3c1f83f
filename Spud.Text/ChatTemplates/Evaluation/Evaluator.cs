namespace Spud.Text.ChatTemplates;

/// <summary>Walks the syntax tree. This part runs statements, the other evaluates expressions.</summary>
internal sealed partial class Evaluator(TemplateRun run)
{
    private BoundedText _output = new(run);

    public TemplateString Render(Block template, Scope globals)
    {
        Run(template, globals);
        return _output.ToText();
    }

    /// <summary>Runs a body and returns its text instead of printing it.</summary>
    public TemplateString Capture(Block body, Scope scope)
    {
        BoundedText outer = _output;
        _output = new BoundedText(run);
        Run(body, scope);
        TemplateString text = _output.ToText();
        _output = outer;
        return text;
    }

    private Flow Run(Block block, Scope scope)
    {
        run.Enter();
        Flow flow = Flow.Next;
        for (int i = 0; i < block.Statements.Count && flow == Flow.Next; i++)
            flow = Run(block.Statements[i], scope);
        run.Leave();
        return flow;
    }

    private Flow Run(Statement statement, Scope scope)
    {
        run.Step();
        run.At = statement.At;
        switch (statement)
        {
            case TextStatement text:
                _output.Append(text.Text);
                break;
            case OutputStatement output:
                _output.Append(ValueText.Of(run, Evaluate(output.Value, scope)));
                break;
            case IfStatement branch:
                return RunIf(branch, scope);
            case ForStatement loop:
                return RunFor(loop, scope);
            case LoopControlStatement control:
                return control.Flow;
            case ScopeStatement inner:
                return RunScope(inner, scope);
            default:
                RunDefinition(statement, scope);
                break;
        }

        return Flow.Next;
    }

    /// <summary>Runs the statements that set a name or capture the text of their body.</summary>
    private void RunDefinition(Statement statement, Scope scope)
    {
        switch (statement)
        {
            case SetStatement set:
                Assign(set.Target, Evaluate(set.Value, scope), scope);
                break;
            case SetBlockStatement set:
                Assign(set.Target, Apply(set.Filters, Capture(set.Body, new Scope(scope)), scope), scope);
                break;
            case FilterStatement filter:
                _output.Append(ValueText.Of(run, Apply(filter.Filters, Capture(filter.Body, new Scope(scope)), scope)));
                break;
            case MacroStatement macro:
                scope.Set(macro.Macro.Name, new Macro(macro.Macro, scope, this));
                break;
            case CallStatement call:
                RunCall(call, scope);
                break;
            default:
                throw new ArgumentException($"{statement.GetType()} is not a statement that can be run", nameof(statement));
        }
    }

    private Flow RunIf(IfStatement branch, Scope scope)
    {
        foreach ((Expression condition, Block body) in branch.Branches)
        {
            if (ValueTypes.IsTrue(Evaluate(condition, scope)))
                return Run(body, scope);
        }

        return Run(branch.Otherwise, scope);
    }

    private Flow RunFor(ForStatement loop, Scope scope)
    {
        object source = Evaluate(loop.Source, scope);
        run.At = loop.At;
        IReadOnlyList<object> items = SelectItems(loop, source, scope);
        if (items.Count == 0)
            return Run(loop.Otherwise, scope);
        var state = new LoopState(items);
        for (int i = 0; i < items.Count; i++)
        {
            state.Index = i;
            var inner = new Scope(scope);
            inner.Set("loop", state);
            Assign(loop.Target, items[i], inner);
            if (Run(loop.Body, inner) == Flow.Break)
                break;
        }

        return Flow.Next;
    }

    /// <summary>A copy of the loop's items, because the body may change the list, without those excluded by the loop's <c>if</c>.</summary>
    private List<object> SelectItems(ForStatement loop, object source, Scope scope)
    {
        IReadOnlyList<object> all = ValueTypes.Items(run, source);
        run.ChargeItems(all.Count);
        List<object> items = [.. all];
        if (loop.Condition is null)
            return items;
        return items.FindAll(item =>
        {
            var inner = new Scope(scope);
            Assign(loop.Target, item, inner);
            return ValueTypes.IsTrue(Evaluate(loop.Condition, inner));
        });
    }

    private Flow RunScope(ScopeStatement statement, Scope scope)
    {
        var inner = new Scope(scope);
        foreach ((AssignmentTarget target, Expression value) in statement.Variables)
            Assign(target, Evaluate(value, scope), inner);
        return Run(statement.Body, inner);
    }

    private void RunCall(CallStatement statement, Scope scope)
    {
        object target = Evaluate(statement.Call.Target, scope);
        CallArguments arguments = Evaluate(statement.Call.Arguments, scope);
        var caller = new Macro(statement.Caller, scope, this);
        run.At = statement.At;
        var extended = new CallArguments(arguments.Positional, [.. arguments.Named, ("caller", caller)]);
        _output.Append(ValueText.Of(run, Call(target, extended)));
    }

    private void Assign(AssignmentTarget target, object value, Scope scope)
    {
        run.At = target.At;
        switch (target)
        {
            case NameTarget name:
                scope.Set(name.Name, value);
                break;
            case MemberTarget member:
                if (scope.Find(member.Name) is not TemplateNamespace space)
                    throw run.Fail($"cannot set '{member.Name}.{member.Member}': only attributes of a namespace() can be set");
                space.Set(member.Member, value);
                break;
            case TupleTarget tuple:
                AssignItems(tuple, value, scope);
                break;
            default:
                throw new ArgumentException($"{target.GetType()} is not a target", nameof(target));
        }
    }

    private void AssignItems(TupleTarget target, object value, Scope scope)
    {
        IReadOnlyList<object> items = ValueTypes.Items(run, value);
        if (items.Count != target.Items.Count)
            throw run.Fail($"expected {target.Items.Count} values to unpack, got {items.Count}");
        for (int i = 0; i < items.Count; i++)
            Assign(target.Items[i], items[i], scope);
    }
}
