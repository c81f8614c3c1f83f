using Spud.Host.Repl;
using Spud.Host.Tests.Cli;
using Spud.Plugins;
using Spud.Text.ChatTemplates;

namespace Spud.Host.Tests.Repl;

/// <summary>A session over the model stories260K, without a screen, and what it reported.</summary>
internal sealed class TestSession : IDisposable
{
    private readonly PluginCatalog _plugins;

    /// <param name="change">Of what the session begins with.</param>
    /// <param name="plugins">Folders of plugins; none: those that came with Spud.</param>
    public TestSession(Func<SessionSetup, SessionSetup>? change = null, params string[] plugins)
    {
        _plugins = PluginCatalog.Discover(plugins.Length == 0 ? [Spoken.PluginFolder] : plugins, PluginArguments.CatalogOptions);
        SessionSetup setup = new()
        {
            Plugins = _plugins,
            Source = Stories,
            Threads = 1,
            Template = ChatTemplate.Parse(KnownChatTemplates.Find("chatml")!),
            Settings = new() { MaxTokens = 8, Sampling = new() { Temperature = 0 } },
        };
        Session = new(change?.Invoke(setup) ?? setup, Take);
        Session.Open();
        Events.RemoveAll(static what => what is not Notice);
    }

    /// <summary>The pipeline of the small model.</summary>
    public static PipelineSource Stories => PipelineSource.Default.With($"model=\"{EndToEnd.Spud.Stories}\"", "test");

    public Session Session { get; }

    public List<SessionEvent> Events { get; } = [];

    /// <summary>Called with each event as it comes.</summary>
    public Action<SessionEvent>? OnEvent { get; set; }

    /// <summary>What was said since the last call, one text.</summary>
    public string Said()
    {
        string said = string.Join('\n', Events.OfType<Notice>().Select(notice => notice.Text));
        Events.Clear();
        return said;
    }

    /// <summary>Enters a line that succeeds; returns what was said.</summary>
    public string Enter(string line)
    {
        bool done = Session.Enter(line, TestContext.Current.CancellationToken);
        string said = Said();
        Assert.True(done, said);
        return said;
    }

    /// <summary>Enters a line that is refused; returns the reason.</summary>
    public string Refused(string line)
    {
        Assert.False(Session.Enter(line, TestContext.Current.CancellationToken));
        return Assert.Single(Events.OfType<Notice>(), notice => notice.Kind == NoticeKind.Error).Text;
    }

    private void Take(SessionEvent what)
    {
        Events.Add(what);
        OnEvent?.Invoke(what);
    }

    public void Dispose()
    {
        Session.Dispose();
        _plugins.Dispose();
    }
}
