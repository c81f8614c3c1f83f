namespace Spud.Text.ChatTemplates;

/// <summary>The variable <c>loop</c> inside a <c>for</c>.</summary>
internal sealed class LoopState(IReadOnlyList<object> items) : TemplateObject
{
    private object? _lastSeen;

    public int Index { get; set; }

    public override string TypeName => "loop";

    public override object? Member(string name) => name switch
    {
        "index" => Index + 1L,
        "index0" => (long)Index,
        "revindex" => (long)items.Count - Index,
        "revindex0" => (long)items.Count - Index - 1,
        "first" => Index == 0,
        "last" => Index == items.Count - 1,
        "length" => (long)items.Count,
        // Jinja counts only recursive loops, which are not available here.
        "depth" => 1L,
        "depth0" => 0L,
        "previtem" => Index > 0 ? items[Index - 1] : new Undefined("there is no previous item"),
        "nextitem" => Index + 1 < items.Count ? items[Index + 1] : new Undefined("there is no next item"),
        "cycle" => new BoundBuiltin(new Builtin("cycle", Cycle), this),
        "changed" => new BoundBuiltin(new Builtin("changed", Changed), this),
        _ => null,
    };

    private object Cycle(TemplateRun run, object subject, CallArguments arguments) =>
        arguments.Positional.Count > 0 ? arguments.Positional[Index % arguments.Positional.Count] : throw run.Fail("'cycle' expects at least one value");

    private object Changed(TemplateRun run, object subject, CallArguments arguments)
    {
        var seen = new TemplateList([.. arguments.Positional], isTuple: true);
        bool changed = _lastSeen is null || !ValueEquality.AreEqual(run, _lastSeen, seen);
        _lastSeen = seen;
        return changed;
    }
}
