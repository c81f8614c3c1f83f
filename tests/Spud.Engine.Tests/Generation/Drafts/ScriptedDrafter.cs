using Spud.Execution;

namespace Spud.Tests.Generation.Drafts;

/// <summary>A drafter that is told what to propose.</summary>
/// <param name="maxTokens">Maximum length of a draft.</param>
/// <param name="next">What follows a text.</param>
internal sealed class ScriptedDrafter(int maxTokens, Func<int[], IEnumerable<int>> next) : IDrafter
{
    private static readonly float[] s_half = [0.5f, 0.5f];

    /// <summary>Whether it says that each token was drawn: it, or the one after it.</summary>
    public bool Draws { get; init; }

    /// <summary>Number of calls.</summary>
    public int Calls { get; private set; }

    public int MaxTokens => maxTokens;

    /// <summary>Proposes what is known to follow, and something else at each position that is a multiple of a number.</summary>
    /// <param name="wrongAt">The number; 0 for never.</param>
    /// <param name="texts">Prompts with their answers.</param>
    public static ScriptedDrafter Knowing(int wrongAt, params int[][] texts) => new(8, ids =>
        texts.First(text => text.AsSpan().StartsWith(ids)).Skip(ids.Length).Select((token, i) => wrongAt > 0 && (ids.Length + i) % wrongAt == 0 ? (token + 1) % 100 : token));

    /// <summary>Has a model's requests drafted by it, before the first of them.</summary>
    /// <param name="model">A model whose pipeline reads logits of enough rows.</param>
    /// <param name="log">Told if it is faulty.</param>
    public void Attach(LanguageModel model, Action<string>? log = null) => model.Pipeline.Parts.Drafter = new TokenDrafter(this, "scripted", maxTokens, log);

    public void Propose(in DraftText text, Draft draft)
    {
        Calls++;
        foreach (int token in next(text.Ids.ToArray()).Take(draft.MaxTokens))
            draft.Add(token, Draws ? [token, token + 1] : [], Draws ? s_half : []);
    }

    public void Dispose()
    {
    }
}
