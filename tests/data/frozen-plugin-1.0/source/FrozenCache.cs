using Spud;

namespace Frozen;

/// <summary>Keeps the latest tokens, all of them by default.</summary>
internal sealed class FrozenCache(FrozenCacheOptions options, IBuildContext build) : ICachePolicy
{
    public CacheLayout Layout(int layer) => new() { PageTokens = 8, Keys = options.Format, Values = options.Format, TokensAtMost = build.Limits.ContextTokens };

    public void Review(int layer, IHistory history)
    {
        int kept = 0;
        foreach (KeyRun run in history.Runs)
            kept += run.Keys;

        if (options.Keep == int.MaxValue && kept != history.Tokens)
            throw new InvalidOperationException($"layer {layer}: {kept} of {history.Tokens} tokens are kept, and nobody dropped one");

        for (int run = 0; run < history.Runs.Length; run++)
        {
            KeyRun keys = history.Runs[run];
            int gone = Math.Min(keys.Keys, history.Tokens - options.Keep - keys.FirstPosition);
            if (gone > 0)
                history.Drop(run, 0, gone);
        }
    }

    public void Dispose()
    {
    }
}
