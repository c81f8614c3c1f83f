using Spud.Conformance.Discovery;
using Spud.Conformance.Fixtures;

namespace Spud.Conformance.Rigs;

/// <summary>A head and one step.</summary>
internal sealed class HeadRig : Rig<IHead>
{
    private readonly GuardedTensor _embedded, _logits, _normed;
    private readonly int[] _rows;

    /// <param name="subject">A head.</param>
    /// <param name="settings">What it is made of.</param>
    /// <param name="logitRows">Rows whose logits are read, ascending; null: all, if so many fit, or else the first and the last.</param>
    public HeadRig(Subject subject, RigSettings settings, int[]? logitRows = null)
        : base(subject, settings)
    {
        _rows = logitRows ?? (Rows <= Build.Limits.LogitRows ? [.. Enumerable.Range(0, Rows)] : [0, Rows - 1]);
        Step = NewStep();
        Hidden = Input("hidden", Samples("hidden", Model.Hidden), Rows, Model.Hidden);
        _embedded = Written("embedded", ElementType.F32, Rows, Model.Hidden);
        _logits = Written("logits", ElementType.F32, _rows.Length, Model.Vocabulary);
        _normed = Written("normed", ElementType.F32, _rows.Length, Model.Hidden);
    }

    public Step Step { get; }

    /// <summary>What logits are made of.</summary>
    public GuardedTensor Hidden { get; }

    /// <summary>Whether the head gives rows behind the final norm.</summary>
    public bool GivesNormedRows => Component is IFinalNorm;

    public override IReadOnlyList<Output> Outputs =>
    [
        new("embedded", _embedded.Result(), Model.Hidden),
        new("logits", _logits.Result(), _rows.Length == Rows ? Model.Vocabulary : 0),
        .. GivesNormedRows ? new[] { new Output("normed", _normed.Result(), _rows.Length == Rows ? Model.Hidden : 0) } : [],
    ];

    /// <summary>Rows whose logits are read.</summary>
    public ReadOnlySpan<int> LogitRows => _rows;

    public override void Run()
    {
        Component.Embed(Step, _embedded.View);
        Component.Logits(Step, Hidden.View, _rows, _logits.View);
        if (Component is IFinalNorm norm)
            norm.Normalise(Step, Hidden.View, _rows, _normed.View);
    }

    public override IEnumerable<(string What, Action Call)> WrongCalls()
    {
        yield return ("Embed with hidden of another width", () => Component.Embed(Step, Narrower(_embedded.View)));
        yield return ("Logits with hidden of another width", () => Component.Logits(Step, Narrower(Hidden.View), _rows, _logits.View));
        yield return ("Logits for another vocabulary", () => Component.Logits(Step, Hidden.View, _rows, Narrower(_logits.View)));
        yield return ("Logits for more rows than there is room for", () => Component.Logits(Step, Hidden.View, _rows, _logits.View.Rows(0, _rows.Length - 1)));
        if (Component is IFinalNorm norm)
            yield return ("Normalise into rows of another width", () => norm.Normalise(Step, Hidden.View, _rows, Narrower(_normed.View)));
    }
}
