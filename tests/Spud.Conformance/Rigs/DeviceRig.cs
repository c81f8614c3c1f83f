using Spud.Conformance.Discovery;
using Spud.Conformance.Fixtures;

namespace Spud.Conformance.Rigs;

/// <summary>The domain of a component.</summary>
internal sealed class DeviceRig : IDisposable
{
    private const int HeadCount = 2, Width = 64, Pages = 4, PageTokens = 8;
    private readonly IComponent _component;

    public DeviceRig(Subject subject)
    {
        Build = new TestBuild(RigFactory.ModelFor(subject).Describe(), threads: 1);
        _component = (IComponent)subject.Create(Build);
    }

    public TestBuild Build { get; }

    public IMemoryDomain Domain => _component.Domain;

    public TensorView Allocate(ElementType type, params ReadOnlySpan<int> shape) => Build.Allocate(Domain, type, shape);

    /// <summary>Random numbers on the host in a type.</summary>
    public TensorView Encoded(string name, ElementType type, params ReadOnlySpan<int> shape)
    {
        int elements = 1;
        foreach (int axis in shape)
            elements *= axis;

        if (type == ElementType.I32)
            return Build.Ints(Samples.Of(name, elements).Select(value => (int)(value * 1e6f)).ToArray(), shape);

        TensorView encoded = Build.Allocate(Build.Host, type, shape);
        Build.Host.Copy(Build.Floats(Samples.Of(name, elements), shape), encoded);
        return encoded;
    }

    /// <summary>What a view of F32 holds.</summary>
    public float[] Fetched(in TensorView view)
    {
        TensorView host = Build.Floats(default, view.Shape);
        Domain.Copy(view, host);
        Domain.Wait();
        return host.AsSpan<float>().ToArray();
    }

    /// <summary>What a view of any type and place holds; the host decodes.</summary>
    public float[] Decoded(in TensorView view)
    {
        TensorView same = Build.Allocate(Build.Host, view.Type, view.Shape), floats = Build.Floats(default, view.Shape);
        view.Domain.Copy(view, same);
        view.Domain.Wait();
        Build.Host.Copy(same, floats);
        return floats.AsSpan<float>().ToArray();
    }

    /// <summary>Empty pages.</summary>
    public PagePool Pool(ElementType type, IMemoryDomain domain) => new()
    {
        Keys = Build.Allocate(domain, type, Pages, HeadCount, PageTokens, Width),
        Values = Build.Allocate(domain, type, Pages, HeadCount, PageTokens, Width),
        Positions = Build.Ints(default, Pages, PageTokens),
    };

    /// <summary>Random keys and values.</summary>
    public Heads Heads(IMemoryDomain domain, int rows) => new()
    {
        Query = Placed("query", domain, rows),
        Key = Placed("key", domain, rows),
        Value = Placed("value", domain, rows),
    };

    public void Dispose()
    {
        _component.Dispose();
        Build.Dispose();
    }

    private TensorView Placed(string name, IMemoryDomain domain, int rows)
    {
        TensorView host = Build.Floats(Samples.Of(name, rows * HeadCount * Width), rows, HeadCount, Width);
        if (domain.IsHost)
            return host;

        TensorView there = Build.Allocate(domain, ElementType.F32, rows, HeadCount, Width);
        domain.Copy(host, there);
        return there;
    }
}
