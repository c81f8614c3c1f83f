using Spud.Conformance.Fixtures;

namespace Spud.Conformance.Cases;

/// <summary>Models and limits for cache policies. Heads are wide enough for every page type.</summary>
internal static class CacheModels
{
    private static readonly TestModel s_plain = new() { KeyWidth = 32, ValueWidth = 64 };

    public static TestModel[] All { get; } =
    [
        s_plain,
        s_plain with { Traits = new() { [Trait.Window] = 100 } },
        s_plain with { Traits = new() { [Trait.Window] = 1 } },
        s_plain with { Traits = new() { [Trait.Window] = 5000 } },
    ];

    public static Limits[] Limits { get; } =
    [
        new() { Rows = 96, Sequences = 2, ContextTokens = 1024, LogitRows = 2 },
        new() { Rows = 512, Sequences = 1, ContextTokens = 640, LogitRows = 1 },
        new() { Rows = 1, Sequences = 1, ContextTokens = 70, LogitRows = 1 },
        new() { Rows = 5, Sequences = 1, ContextTokens = 5, LogitRows = 1 },
    ];
}
