namespace Spud.Accounts.Tests;

/// <summary>A clock that a test sets; delays take their time all the same.</summary>
internal sealed class ManualClock : TimeProvider
{
    /// <summary>Half past twelve, so that neither minute nor day is about to end.</summary>
    public DateTimeOffset Now { get; set; } = new(2026, 11, 30, 12, 30, 15, TimeSpan.Zero);

    public override DateTimeOffset GetUtcNow() => Now;
}
