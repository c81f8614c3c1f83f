using Spud;

namespace Wrapper;

/// <summary>The fold inside, in a process that serves another one if a file is named: it writes there that it did.</summary>
internal sealed class ServingFold : IFold, IServesProgram
{
    private readonly ServingOptions _options;
    private readonly IFold _inner;

    public ServingFold(ServingOptions options, IFoldBuildContext build, Func<FoldRank, IFold> inner)
    {
        build.Log("is built");
        (_options, _inner) = (options, inner(new() { Domain = build.Domain, Pool = build.Pool }));
    }

    public bool IsServer => _options.File is not null;

    public void Serve()
    {
        File.AppendAllText(_options.File!, "served\n");
        if (_options.IsLost)
            throw new DeviceLostException("the program is lost");
    }

    public void Fold(int layer, in Step step, in TensorView query, ReadOnlySpan<PageView> shards, in AttentionState state) => _inner.Fold(layer, step, query, shards, state);

    public void Dispose()
    {
        if (_options.File is { } file)
            File.AppendAllText(file, "disposed\n");
    }
}
