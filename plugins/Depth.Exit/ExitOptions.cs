using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Spud;

namespace Depth.Exit;

/// <summary>Options of depth policy "exit".</summary>
internal sealed class ExitOptions
{
    /// <summary>A token leaves where the probability that the whole model would choose the same token is at least this.</summary>
    [Description("A token of an answer leaves where the estimated probability that the whole model would choose the same next token is at least this, with full effort.")]
    [Range(0.0, 1.0)]
    public float Threshold { get; set; } = 0.9f;

    /// <summary>The threshold with effort 0; in between it is interpolated.</summary>
    [Description("The threshold with effort 0; in between it is interpolated. At most 'threshold'.")]
    [Range(0.0, 1.0)]
    public float LowestThreshold { get; set; } = 0.5f;

    /// <summary>What becomes of the keys of tokens that left.</summary>
    [Description("What becomes of the keys that a token that left would have in later layers: fill (computed from the token as it left) or hole (there are none).")]
    public MissingKeys Missing { get; set; } = MissingKeys.Fill;
}
