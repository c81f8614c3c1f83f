using Spud.Conformance.Discovery;
using Spud.Conformance.Fixtures;
using Xunit;

namespace Spud.Conformance.Rigs;

/// <summary>One component, built over random weights, with what its calls read and write lying in its own domain.</summary>
/// <typeparam name="T">The interface of its role.</typeparam>
internal abstract class Rig<T> : IRig
    where T : class, IComponent
{
    private readonly List<GuardedTensor> _tensors = [];

    protected Rig(Subject subject, RigSettings settings)
    {
        (Subject, Settings) = (subject, settings);
        Build = new TestBuild(settings.Model.Describe(), settings.Threads, settings.Weights, settings.Limits) { WeightsThere = settings.WeightsThere };
        try
        {
            Component = (T)subject.Create(Build);
        }
        catch (Exception fault)
        {
            Build.Dispose();
            if (fault is RefusedException && settings.MayBeRefused)
                Assert.Skip($"{subject.Role} '{subject.Label}' refuses this: {fault.Message}");
            throw;
        }
    }

    public Subject Subject { get; }

    public RigSettings Settings { get; }

    public TestBuild Build { get; }

    public T Component { get; }

    public IMemoryDomain Domain => Component.Domain;

    public TestModel Model => Settings.Model;

    protected SequenceSlice[] Slices => Settings.Slices;

    /// <summary>T.</summary>
    public int Rows => Slices.Sum(slice => slice.Rows);

    /// <inheritdoc/>
    public abstract IReadOnlyList<Output> Outputs { get; }

    /// <inheritdoc/>
    public abstract void Run();

    /// <inheritdoc/>
    public abstract IEnumerable<(string What, Action Call)> WrongCalls();

    /// <summary>Overwrites workspaces, makes calls, waits, and checks what the calls may have touched.</summary>
    public void Call(Action calls)
    {
        Build.Spoil();
        calls();
        Fetch();
    }

    /// <inheritdoc/>
    public void Wait() => Domain.Wait();

    /// <inheritdoc/>
    public void Fetch()
    {
        foreach (GuardedTensor tensor in _tensors)
            tensor.Download();

        Domain.Wait();
        foreach (GuardedTensor tensor in _tensors)
            tensor.RequireUntouched();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Component.Dispose();
        Build.Dispose();
        Assert.Equal(0, Build.AllocatedBytes);
    }

    /// <summary>Something to read, with these numbers.</summary>
    protected GuardedTensor Input(string name, ReadOnlySpan<float> values, params ReadOnlySpan<int> shape)
    {
        GuardedTensor tensor = New(name, isInput: true, ElementType.F32, shape);
        values.CopyTo(tensor.Floats);
        tensor.Upload();
        return tensor;
    }

    /// <summary>Something to read, with these numbers.</summary>
    protected GuardedTensor Input(string name, ReadOnlySpan<int> values, params ReadOnlySpan<int> shape)
    {
        GuardedTensor tensor = New(name, isInput: true, ElementType.I32, shape);
        values.CopyTo(tensor.Ints);
        tensor.Upload();
        return tensor;
    }

    /// <summary>Something to write; it holds NaN before.</summary>
    protected GuardedTensor Written(string name, ElementType type, params ReadOnlySpan<int> shape) => New(name, isInput: false, type, shape);

    /// <summary>The step in the component's domain.</summary>
    protected Step NewStep()
    {
        (int[] ids, int[] positions, int[] sequences) = TestStep.Rows(Slices, Model.Vocabulary, Settings.Stride);
        Step step = new()
        {
            TokenIds = Input("token ids", ids, ids.Length).View,
            Positions = Input("positions", positions, ids.Length).View,
            SequenceOfRow = Input("sequences of rows", sequences, ids.Length).View,
            Slices = Slices,
        };
        return Component is IKeepsSequenceState keeps && keeps.StateOf(0) is { } layout
            ? step with
            {
                States = Build.Allocate(Build.Host, ElementType.I8, Build.Limits.Sequences, layout.Bytes),
                Notes = Build.Allocate(Build.Host, ElementType.I8, Build.Limits.Sequences, layout.NotedRows ?? layout.BorderTokens, layout.RowBytes),
                BorderTokens = layout.BorderTokens,
            }
            : step;
    }

    /// <summary>A row's numbers depend on its sequence and position alone, so that steps can be cut in any way.</summary>
    protected float[] Samples(string name, int width) =>
        [.. Slices.SelectMany(slice => Enumerable.Range(slice.FirstPosition, slice.Rows)
            .SelectMany(position => Fixtures.Samples.Of($"{name} {slice.Id} {position}", width)))];

    /// <summary>A view of another shape on the same memory, smaller in its last axis: what a faulty caller would pass.</summary>
    protected static TensorView Narrower(in TensorView view)
    {
        int[] shape = view.Shape.ToArray();
        shape[^1]--;
        return new(view.Domain, view.Address, view.Type, shape);
    }

    private GuardedTensor New(string name, bool isInput, ElementType type, ReadOnlySpan<int> shape)
    {
        GuardedTensor tensor = new(Build, Domain, name, isInput, type, shape);
        _tensors.Add(tensor);
        return tensor;
    }
}
