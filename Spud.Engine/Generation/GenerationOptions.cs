using Spud.Configuration;
using Spud.Metering;
using Spud.Sampling;
using Spud.Text.Grammars;

namespace Spud.Generation;

/// <summary>How a text is continued, and for how long.</summary>
public sealed class GenerationOptions
{
    /// <summary>Maximum number of tokens, at least 1; null to continue until the model ends or the context is full.</summary>
    public int? MaxTokens { get; set; }

    /// <summary>How each token is chosen.</summary>
    public SamplingOptions Sampling { get; set; } = new();

    /// <summary>Maximum cost; null for the pipeline's default. Effort is steered so that the remaining budget lasts for <see cref="MaxTokens"/>.</summary>
    public Budget? Budget { get; set; }

    /// <summary>Effort, 0 .. 1; null for the pipeline's default.</summary>
    public float? Effort { get; set; }

    /// <summary>What the lengths of drafts are chosen for; null for the pipeline's default. Without a drafter it means nothing.</summary>
    public DraftPreference? Prefer { get; set; }

    /// <summary>
    /// Name of those who share the beginnings of texts, such as an account: when the request ends, its text is kept as long as no other one needs the pages, and a
    /// later request of the same name that begins alike does not read that part again. Requests of different names share nothing, since the time to the first
    /// token would tell what others have written. Null to keep and share nothing.
    /// </summary>
    public string? PrefixSharing { get; set; }

    /// <summary>Strings that end the generation and are not part of the text; none may be empty.</summary>
    public IReadOnlyList<string> StopStrings { get; set; } = [];

    /// <summary>Tokens that end the generation, in addition to the model's own end-of-generation tokens.</summary>
    public IReadOnlyList<int> StopTokens { get; set; } = [];

    /// <summary>Whether to continue past the model's end-of-generation tokens.</summary>
    public bool IgnoreEndOfGeneration { get; set; }

    /// <summary>What the text must be, such as JSON of a schema; null for any text. Compiled for the model's tokenizer; requests may share it. The request ends where the text is complete.</summary>
    public TokenConstraint? Constraint { get; set; }

    /// <summary>What the scheduler knows of the request besides its size.</summary>
    public JobTerms Job { get; set; } = JobTerms.Default;
}
