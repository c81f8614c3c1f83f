using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Spud;

namespace Drafter.Lookup;

/// <summary>Options of drafter "lookup".</summary>
internal sealed class LookupOptions
{
    /// <summary>Maximum number of tokens of a draft.</summary>
    [Description("Maximum number of tokens of a draft. A draft is never longer than the repeated text before it.")]
    [Range(1, Draft.MaxTokensOfAny)]
    public int Length { get; set; } = Draft.MaxTokensOfAny;

    /// <summary>Minimum number of tokens at the end of the text that must have occurred before.</summary>
    [Description("Minimum number of tokens at the end of the text that must have occurred before.")]
    [Range(1, 16)]
    public int MinMatch { get; set; } = 3;
}
