using System.Collections.Frozen;

namespace Spud.Conformance.Fixtures;

/// <summary>Small models of equal layers for tests of single components.</summary>
public sealed record TestModel
{
    /// <summary>L.</summary>
    public int Layers { get; init; } = 1;

    /// <summary>C.</summary>
    public int Hidden { get; init; } = 64;

    /// <summary>V.</summary>
    public int Vocabulary { get; init; } = 50;

    /// <summary>H.</summary>
    public int QueryHeads { get; init; } = 4;

    /// <summary>G.</summary>
    public int KvHeads { get; init; } = 2;

    /// <summary>D.</summary>
    public int KeyWidth { get; init; } = 16;

    /// <summary>Dv.</summary>
    public int ValueWidth { get; init; } = 16;

    /// <summary>E.</summary>
    public int Experts { get; init; } = 1;

    /// <summary>K.</summary>
    public int ExpertsUsed { get; init; } = 1;

    /// <summary>F.</summary>
    public int ExpertWidth { get; init; } = 96;

    /// <summary>Rotary embedding.</summary>
    public Rope? Rope { get; init; } = new() { Interleaved = false, Width = 16, Base = 10_000 };

    /// <summary>Traits of layer and head with their numbers.</summary>
    public Dictionary<string, float> Traits { get; init; } = [];

    /// <summary>Whether the model has the trait.</summary>
    public bool Has(string trait) => Traits.ContainsKey(trait);

    /// <summary>As the contract has it.</summary>
    public ModelDescription Describe() => new()
    {
        Architecture = "test",
        HiddenWidth = Hidden,
        Vocabulary = Vocabulary,
        ContextTokens = 4096,
        NormEpsilon = 1e-5f,
        Traits = Traits.ToFrozenDictionary(),
        Layers =
        [
            .. Enumerable.Repeat(
                new LayerDescription
                {
                    QueryHeads = QueryHeads,
                    Kv = new() { Heads = KvHeads, KeyWidth = KeyWidth, ValueWidth = ValueWidth },
                    Rope = Rope,
                    Experts = Experts,
                    ExpertsUsed = ExpertsUsed,
                    ExpertWidth = ExpertWidth,
                    Traits = Traits.ToFrozenDictionary(),
                },
                Layers),
        ],
    };
}
