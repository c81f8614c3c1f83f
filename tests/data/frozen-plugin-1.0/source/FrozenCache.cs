using Spud;

namespace Frozen;

/// <summary>Keeps everything in f32; counts what it is asked to review.</summary>
internal sealed class FrozenCache(IBuildContext build) : ICachePolicy
{
    public CacheLayout Layout(int layer) => new() { PageTokens = 32, Keys = ElementType.F32, Values = ElementType.F32, TokensAtMost = build.Limits.ContextTokens };

    public void Review(int layer, IHistory history)
    {
        int kept = 0;
        foreach (KeyRun run in history.Runs)
            kept += run.Keys + (run.LastPosition - run.FirstPosition + 1 - run.Keys);

        if (kept != history.Tokens)
            throw new InvalidOperationException($"layer {layer}: {kept} of {history.Tokens} tokens are kept, and nobody dropped one");
    }

    public void Dispose()
    {
    }
}
