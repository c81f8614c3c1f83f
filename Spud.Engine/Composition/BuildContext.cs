using System.Collections.Immutable;
using Spud.Execution;
using Spud.Models;
using Spud.Models.Messages;

namespace Spud.Composition;

/// <summary>The build context given to a factory; records what the factory asked for.</summary>
internal sealed class BuildContext : IBuildContext
{
    private const int LongestFigure = 64;
    private readonly List<Workspace> _workspaces = [];
    private readonly List<Figure> _figures = [];

    public required ModelDescription Model { get; init; }

    public required Lazy<string> Hash { get; init; }

    public required ImmutableArray<int> Layers { get; init; }

    public required Limits Limits { get; init; }

    public required ComponentWeights Taken { get; init; }

    public required WorkerPool Pool { get; init; }

    public required IMemoryDomain Host { get; init; }

    public required MemoryAccount Memory { get; init; }

    public required Action<string> Logger { get; init; }

    /// <summary>Whether the component computes in steps: only then it has workspaces.</summary>
    public bool RunsInSteps { get; init; } = true;

    /// <summary>The pack file named by the pipeline; null if none.</summary>
    public required PackFile? PackFile { get; set; }

    /// <summary>Opens the pack next to the model for this component; null if none.</summary>
    public required Func<PackFile?> FindPack { get; init; }

    /// <summary>Builds the component named by a specification.</summary>
    public required Func<ComponentSpec, IDisposable> Inside { get; init; }

    public IReadOnlyList<Workspace> Workspaces => _workspaces;

    public IReadOnlyList<Figure> Figures => _figures;

    /// <summary>Whether the component asked for its pack.</summary>
    public bool ReadPack { get; private set; }

    /// <summary>Memory that native libraries will use, as estimated by the component's author.</summary>
    public long NativeBytes { get; private set; }

    IWeightSource IBuildContext.Weights => Taken;

    string IBuildContext.ModelHash => Hash.Value;

    IPack? IBuildContext.Pack
    {
        get
        {
            if (!ReadPack)
                PackFile ??= FindPack();
            ReadPack = true;
            return PackFile;
        }
    }

    public TensorView Allocate(IMemoryDomain domain, ElementType type, params ReadOnlySpan<int> shape) => Memory.Allocate(domain, type, shape);

    public Workspace Reserve(IMemoryDomain domain, long bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bytes);
        if (!RunsInSteps)
            throw new RefusedException("it has no workspaces, since their memory belongs to the components of a step: allocate memory instead");

        Workspace workspace = new(domain, bytes);
        _workspaces.Add(workspace);
        return workspace;
    }

    public void EstimateNative(IMemoryDomain domain, long bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bytes);
        NativeBytes += bytes;
    }

    public T Component<T>(ComponentSpec spec)
        where T : class, IDisposable
    {
        ArgumentNullException.ThrowIfNull(spec);
        IDisposable instance = Inside(spec);
        return instance as T ?? throw new RefusedException($"'{spec.Use}' was built, but is not of type {typeof(T).Name}: a component can be built on those of its own role.");
    }

    public Figure Figure(string name)
    {
        if (name is not { Length: > 0 and <= LongestFigure } || name.Any(char.IsControl) || _figures.Exists(figure => figure.Name == name))
            throw new ArgumentException($"figure {QuotedText.Of(name ?? "null")}: expected a name of 1 to {LongestFigure} characters that no other figure of the component has", nameof(name));

        Figure figure = new(name, Limits.Sequences);
        _figures.Add(figure);
        return figure;
    }

    public void Log(string line) => Logger(line);
}
