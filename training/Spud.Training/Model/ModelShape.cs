namespace Spud.Training.Model;

/// <summary>The sizes of a model, in the letters that the contract uses. One expert is a dense model.</summary>
internal sealed record ModelShape
{
    /// <summary>L.</summary>
    public required int Layers { get; init; }

    /// <summary>C.</summary>
    public required int HiddenWidth { get; init; }

    /// <summary>H.</summary>
    public required int Heads { get; init; }

    /// <summary>G.</summary>
    public required int KvHeads { get; init; }

    /// <summary>D.</summary>
    public required int HeadWidth { get; init; }

    /// <summary>F of each expert.</summary>
    public required int ExpertWidth { get; init; }

    /// <summary>E.</summary>
    public int Experts { get; set; } = 1;

    /// <summary>K.</summary>
    public int ExpertsUsed { get; set; } = 1;

    /// <summary>T: tokens of a training row, and the context that the exported model states.</summary>
    public required int Tokens { get; init; }

    /// <summary>V.</summary>
    public required int Vocabulary { get; init; }

    /// <summary>Base of the rotary positions.</summary>
    public float RopeBase { get; set; } = 10_000;

    /// <summary>Epsilon of the norms.</summary>
    public float NormEpsilon { get; set; } = 1e-6f;
}
