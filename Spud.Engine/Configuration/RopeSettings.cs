using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Spud.Models;
using Spud.Models.Families;

namespace Spud.Configuration;

/// <summary>How a pipeline scales rotary position embedding, replacing the scaling of the model's file.</summary>
internal sealed record RopeSettings
{
    [Description("How angles are scaled; none: not even as the model's file says.")]
    [Required]
    public RopeScalingKind? Scaling { get; set; }

    [Description("How many times further the model reads than it was trained for. Either this or targetTokens.")]
    [Range(1f, 1024f)]
    public float? Factor { get; set; }

    [Description("The length that the model should read, in tokens. Either this or factor.")]
    [Range(1, int.MaxValue)]
    public int? TargetTokens { get; set; }

    [Description("The length that the model was trained for before it was scaled. Without it: what the model's file says.")]
    [Range(1, int.MaxValue)]
    public int? OriginalTokens { get; set; }

    [Description("yarn: pairs that turn more often than this within the original length keep their angles. Without it: 32.")]
    [Range(0f, 1e6f, MinimumIsExclusive = true)]
    public float? BetaFast { get; set; }

    [Description("yarn: pairs that turn less often than this are divided by the factor. Without it: 1.")]
    [Range(0f, 1e6f, MinimumIsExclusive = true)]
    public float? BetaSlow { get; set; }

    [Description("Multiplies sines and cosines. Without it: 1, and with yarn 1 + 0.1 ln(factor).")]
    [Range(0f, 100f, MinimumIsExclusive = true)]
    public float? AttentionFactor { get; set; }

    /// <summary>The scaling for a model.</summary>
    /// <exception cref="CompositionException">The model supports that context without scaling.</exception>
    public RopeScaling Of(GgufFile file)
    {
        int original = OriginalTokens ?? RopeScaling.OriginalTokensOf(file);
        if (TargetTokens < original)
        {
            throw new CompositionException(
                $"rope.targetTokens is {TargetTokens}, but the model reads {original} tokens without scaling: expected a larger number. Leave 'rope' out to read up to {original} tokens.");
        }

        return new()
        {
            Kind = Scaling!.Value,
            Factor = Factor ?? (TargetTokens is { } target ? (float)target / original : 1),
            OriginalTokens = original,
            BetaFast = BetaFast ?? 32,
            BetaSlow = BetaSlow ?? 1,
            AttentionFactor = AttentionFactor,
        };
    }

    /// <summary>Reports incompatible members.</summary>
    /// <param name="node">The object as written.</param>
    /// <param name="faults">Faults are added to this list.</param>
    public void Check(ConfigObject node, FaultList faults)
    {
        if (Factor is not null && TargetTokens is not null)
            faults.Add(node["targetTokens"]!.NameOrigin, $"{node.Path} has both 'factor' and 'targetTokens'. Use one.");
        if (Scaling is not RopeScalingKind.None && Factor is null && TargetTokens is null)
            faults.Add(node.Origin, $"{node.Path} needs 'factor' or 'targetTokens': how far to read.");
        if (BetaFast is { } fast && fast <= (BetaSlow ?? 1) || BetaSlow is { } slow && slow >= (BetaFast ?? 32))
            faults.Add(node.Origin, FormattableString.Invariant($"{node.Path}: betaFast must be greater than betaSlow, got {BetaFast ?? 32} and {BetaSlow ?? 1}."));

        string[] unused = Scaling switch
        {
            RopeScalingKind.None => ["factor", "targetTokens", "originalTokens", "betaFast", "betaSlow", "attentionFactor"],
            RopeScalingKind.Yarn => [],
            _ => ["betaFast", "betaSlow"],
        };
        foreach (string name in unused)
        {
            if (node[name] is { } member)
                faults.Add(member.NameOrigin, $"{member.Path} has no effect with scaling '{Scaling?.ToString().ToLowerInvariant()}'. Remove it.");
        }
    }
}
