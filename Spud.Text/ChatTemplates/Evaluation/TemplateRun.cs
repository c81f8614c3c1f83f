using System.Runtime.CompilerServices;

namespace Spud.Text.ChatTemplates;

/// <summary>One rendering: its current position, and its remaining limits. Everything that works or allocates passes through here.</summary>
internal sealed class TemplateRun(TemplateLimits limits, TimeProvider clock)
{
    private const int CharactersPerItem = 8;
    private int _depth;
    private long _steps;
    private long _work;

    public TemplateLimits Limits { get; } = limits;

    public TimeProvider Clock { get; } = clock;

    /// <summary>The place of the node being evaluated.</summary>
    public Place At { get; set; } = new(1, 1);

    public TemplateException Fail(string problem) => At.Fail(problem);

    public void Step()
    {
        if (++_steps > Limits.Steps)
            throw Fail($"the template did not end within {Limits.Steps} steps");
    }

    /// <summary>Charges for characters that are created or scanned.</summary>
    public void Charge(long characters)
    {
        if (characters > Limits.WorkCharacters - _work)
            throw Fail($"the template produces more than {Limits.WorkCharacters} characters of text and lists");
        _work += characters;
    }

    public void ChargeItems(long items) => Charge(items > long.MaxValue / CharactersPerItem ? long.MaxValue : items * CharactersPerItem);

    /// <summary>Enters one more level of syntax, calls or data. After an exception the run is over, so levels need not be left.</summary>
    public void Enter()
    {
        Step();
        if (++_depth > Limits.Depth || !RuntimeHelpers.TryEnsureSufficientExecutionStack())
            throw Fail($"calls or data nest too deep: the limit is {Limits.Depth} levels, reached or out of stack at level {_depth}");
    }

    public void Leave() => _depth--;
}
