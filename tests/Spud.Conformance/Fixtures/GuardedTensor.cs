using Xunit;

namespace Spud.Conformance.Fixtures;

/// <summary>
/// An array of F32 or I32 in a component's domain, with a band of a pattern before and after it. After every call the bands, and arrays that
/// are only read, must be unchanged.
/// </summary>
internal sealed class GuardedTensor
{
    private const int Band = 64;
    private const int Pattern = 0x7FA5_C3E1; // a NaN, so that who reads it is seen as well
    private readonly TensorView _all, _mirror, _downloaded;
    private readonly string _name;
    private readonly bool _isInput;

    public GuardedTensor(TestBuild build, IMemoryDomain domain, string name, bool isInput, ElementType type, params ReadOnlySpan<int> shape)
    {
        (_name, _isInput) = (name, isInput);
        int elements = checked((int)new TensorView(build.Host, 0, type, shape).Elements);
        _all = build.Allocate(domain, ElementType.I32, elements + 2 * Band);
        _mirror = build.Allocate(build.Host, ElementType.I32, elements + 2 * Band);
        _downloaded = build.Allocate(build.Host, ElementType.I32, elements + 2 * Band);
        _mirror.AsSpan<int>().Fill(Pattern);
        View = new(domain, _all.Address + Band * sizeof(int), type, shape);
        Upload();
    }

    /// <summary>What the component gets.</summary>
    public TensorView View { get; }

    /// <summary>What it held when it was last uploaded; write here, then <see cref="Upload"/>.</summary>
    public Span<float> Floats => _mirror.Rows(Band, Elements).AsSpan<float>();

    /// <summary>Likewise, as integers.</summary>
    public Span<int> Ints => _mirror.Rows(Band, Elements).AsSpan<int>();

    private int Elements => _mirror.Shape[0] - 2 * Band;

    /// <summary>Copies the mirror into the domain, the bands too. Allocates nothing.</summary>
    public void Upload() => _all.Domain.Copy(_mirror, _all);

    /// <summary>Begins the copy back; the domain must be waited for.</summary>
    public void Download() => _all.Domain.Copy(_all, _downloaded);

    /// <summary>What the component left, after a wait.</summary>
    public float[] Result() => _downloaded.Rows(Band, Elements).AsSpan<float>().ToArray();

    /// <summary>Likewise, bit for bit.</summary>
    public int[] Bits() => _downloaded.Rows(Band, Elements).AsSpan<int>().ToArray();

    /// <summary>Checks the bands, and that an input is what it was.</summary>
    public void RequireUntouched()
    {
        ReadOnlySpan<int> got = _downloaded.AsSpan<int>();
        int before = got[..Band].LastIndexOfAnyExcept(Pattern), behind = got[^Band..].IndexOfAnyExcept(Pattern);
        Assert.True(before < 0, $"{_name}: something was written {Band - before} elements before the first element");
        Assert.True(behind < 0, $"{_name}: something was written {behind + 1} elements after the last element");
        if (_isInput)
            Assert.True(got.SequenceEqual(_mirror.AsSpan<int>()), $"{_name}: an input was changed");
    }
}
