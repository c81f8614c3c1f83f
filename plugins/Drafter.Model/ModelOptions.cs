using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Spud;

namespace Drafter.Model;

/// <summary>Options of drafter "model".</summary>
internal sealed class ModelOptions
{
    /// <summary>The draft model's file.</summary>
    [Description("The draft model: a GGUF file with the same tokenizer as the model. Must be given.")]
    [FilePath]
    public string? Path { get; set; }

    /// <summary>Maximum number of tokens of a draft.</summary>
    [Description("Maximum number of tokens of a draft.")]
    [Range(1, Draft.MaxTokensOfAny)]
    public int Length { get; set; } = 4;

    /// <summary>A draft ends before a token whose probability is lower.</summary>
    [Description("A draft ends where the draft model gives its most likely token a lower probability.")]
    [Range(0.0, 1.0)]
    public float MinProbability { get; set; } = 0.3f;

    /// <summary>Whether tokens are drawn at a temperature above 0.</summary>
    [Description("At a temperature above 0: true draws drafted tokens, of which more are accepted; false takes the most likely ones, and the text for a seed is that without a drafter.")]
    public bool Draws { get; set; } = true;
}
