using System.Collections.Immutable;
using Spud.Execution;
using Spud.Models;

namespace Spud.Composition;

/// <summary>What the composer hands to a factory, and remembers what the factory asked for.</summary>
internal sealed class BuildContext : IBuildContext
{
    private const long Line = 64;
    private readonly List<Workspace> _workspaces = [];

    public required ModelDescription Model { get; init; }

    public required Lazy<string> Hash { get; init; }

    public required ImmutableArray<int> Layers { get; init; }

    public required Limits Limits { get; init; }

    public required ComponentWeights Taken { get; init; }

    public required WorkerPool Pool { get; init; }

    public required IMemoryDomain Host { get; init; }

    public required MemoryAccount Memory { get; init; }

    public required Action<string> Logger { get; init; }

    public IReadOnlyList<Workspace> Workspaces => _workspaces;

    /// <summary>What native libraries will take, as the component's author estimates.</summary>
    public long NativeBytes { get; private set; }

    IWeightSource IBuildContext.Weights => Taken;

    string IBuildContext.ModelHash => Hash.Value;

    /// <summary>Shares begin at cache lines.</summary>
    public static long Aligned(long bytes) => (bytes + Line - 1) / Line * Line;

    public TensorView Allocate(IMemoryDomain domain, ElementType type, params ReadOnlySpan<int> shape) => Memory.Allocate(domain, type, shape);

    public Workspace Reserve(IMemoryDomain domain, long bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bytes);
        Workspace workspace = new(domain, bytes);
        _workspaces.Add(workspace);
        return workspace;
    }

    public void EstimateNative(IMemoryDomain domain, long bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bytes);
        NativeBytes += bytes;
    }

    public void Log(string line) => Logger(line);
}
