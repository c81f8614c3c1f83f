using Spud;
using Spud.Composition;
using Spud.Configuration;
using Spud.Conformance.Fixtures;
using Spud.Plugins;

namespace Attention.Ring.Tests.Processes;

/// <summary>A ring whose processes are threads of the test; each has an attention and a build context of its own.</summary>
internal sealed class TestRing : IDisposable
{
    private static readonly PluginCatalog s_plugins = PluginCatalog.Discover([TestData.Reference, TestData.Plugins]);
    private readonly List<IDisposable> _made = [];
    private readonly Thread[] _servers;
    private readonly Settings _settings;
    private readonly Exception?[] _endings;

    /// <param name="settings">What the processes are like.</param>
    public TestRing(Settings settings)
    {
        _settings = settings;
        Links = MemoryLink.Connect(settings.Ranks);
        _endings = new Exception?[settings.Ranks];
        _servers = [.. Enumerable.Range(1, settings.Ranks - 1).Select(rank => new Thread(() => Serve(rank)) { IsBackground = true })];
        foreach (Thread server in _servers)
            server.Start();

        Build = new TestBuild(settings.Model.Describe());
        try
        {
            Fold = Join(0, Build, _made);
        }
        catch
        {
            Build.Dispose();
            throw;
        }
    }

    public MemoryLink[] Links { get; }

    public TestBuild Build { get; }

    /// <summary>The fold of rank 0.</summary>
    public IFold Fold { get; }

    /// <summary>What ended the servers, after <see cref="Dispose"/>; null: the program's end.</summary>
    public IReadOnlyList<Exception?> Endings => _endings;

    public void Dispose()
    {
        foreach (IDisposable part in Enumerable.Reverse(_made))
            part.Dispose();

        foreach (Thread server in _servers)
            server.Join();

        Build.Dispose();
    }

    private void Serve(int rank)
    {
        List<IDisposable> made = [];
        using TestBuild build = new(_settings.Model.Describe());
        try
        {
            IFold fold = Join(rank, build, made);
            build.Spoil();
            ((IServesProgram)fold).Serve();
        }
        catch (Exception fault)
        {
            _endings[rank] = fault;
        }

        foreach (IDisposable part in Enumerable.Reverse(made))
            part.Dispose();
    }

    private IFold Join(int rank, TestBuild build, List<IDisposable> made)
    {
        StandaloneComponent component = StandaloneComponent.Bind(s_plugins, Roles.Attention, _settings.Attention, "{}", build.Model);
        IAttention attention = (IAttention)component.Create(build);
        made.Add(attention);
        FoldBuild context = new(build, _settings.LayoutOf(rank), _settings.HashOf(rank));
        IFold fold = RingPlugin.Join(Links[rank], _settings.Options, context, of =>
        {
            IFold inner = _settings.Inner(rank, StandaloneFold.Of((IMakesFolds)attention, build, of, context.Layout(0)));
            made.Add(inner);
            return inner;
        });
        made.Add(fold);
        return fold;
    }

    /// <summary>What the processes of a ring are like.</summary>
    internal sealed record Settings
    {
        public static CacheLayout Layout { get; } = new() { PageTokens = 16, Keys = ElementType.F32, Values = ElementType.F32, TokensAtMost = 2048 };

        public TestModel Model { get; init; } = new();

        public int Ranks { get; init; } = 2;

        public string Attention { get; init; } = "backend.cpu/cpu";

        public RingOptions Options { get; init; } = new() { BlockTokens = 5, TimeoutSeconds = 20 };

        public Func<int, CacheLayout> LayoutOf { get; init; } = static _ => Layout;

        public Func<int, string?> HashOf { get; init; } = static _ => null;

        /// <summary>Wraps the inner fold of a rank.</summary>
        public Func<int, IFold, IFold> Inner { get; init; } = static (_, fold) => fold;
    }
}
