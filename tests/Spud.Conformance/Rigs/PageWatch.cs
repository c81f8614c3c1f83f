using Spud.Conformance.Fixtures;
using Xunit;

namespace Spud.Conformance.Rigs;

/// <summary>Remembers the bytes of pages, which only the host may change.</summary>
internal sealed class PageWatch
{
    private readonly IMemoryDomain _domain;
    private readonly (TensorView Pages, TensorView Mirror, byte[] Bytes)[] _watched;

    public PageWatch(TestBuild build, IMemoryDomain domain, in PageView view)
    {
        _domain = domain;
        _watched = [.. new[] { view.Pool.Keys, view.Pool.Values, view.Pool.Positions, view.Runs, view.RunOffsets, view.HeadRunOffsets }
            .Where(pages => pages.IsPresent)
            .Select(pages => (pages, build.Allocate(build.Host, pages.Type, pages.Shape), Array.Empty<byte>()))];
        Download();
        for (int i = 0; i < _watched.Length; i++)
            _watched[i].Bytes = _watched[i].Mirror.AsSpan<byte>().ToArray();
    }

    public void RequireUntouched()
    {
        Download();
        foreach ((_, TensorView mirror, byte[] bytes) in _watched)
            Assert.True(mirror.AsSpan<byte>().SequenceEqual(bytes), "pages or tables were changed; only the host may write them");
    }

    private void Download()
    {
        foreach ((TensorView pages, TensorView mirror, _) in _watched)
            pages.Domain.Copy(pages, mirror);

        _domain.Wait();
    }
}
