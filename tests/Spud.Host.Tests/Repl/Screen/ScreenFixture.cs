using System.Drawing;
using Spud.Host.Repl;
using Spud.Host.Repl.Commands;
using Spud.Host.Repl.Screen;
using Terminal.Gui.App;
using Terminal.Gui.Drivers;
using Terminal.Gui.Input;
using Terminal.Gui.Testing;
using Terminal.Gui.Time;

namespace Spud.Host.Tests.Repl.Screen;

/// <summary>The screen without a terminal: of a fixed size, with keys and a clock of the test.</summary>
internal sealed class ScreenFixture : IDisposable
{
    private readonly VirtualTimeProvider _clock = new();
    private readonly IApplication _app;
    private readonly ManualTime _time = new();
    private readonly LegacyKeys _keys = new();

    public ScreenFixture(int columns, int rows, InputHistory? history = null, Theme? theme = null)
    {
        // Or the library would take the terminal of whoever runs the tests.
        Environment.SetEnvironmentVariable("DisableRealDriverIO", "1");
        _app = Application.Create(_clock).Init(DriverRegistry.Names.ANSI);
        ScreenLink link = new()
        {
            Enter = Entered.Add,
            Cancel = () => Cancelled++,
            IsBusy = () => IsBusy,
            Waiting = () => Waiting,
            Complete = line => Completions(line),
            Plugins = () => [],
        };
        Screen = new(link, history ?? new(), new(theme ?? new(colours: true, isLight: false, isPoor: false)), _time);
        Screen.Quit += () => Quits++;
        _app.Driver!.SetScreenSize(columns, rows);
        _app.Begin(Screen);
        _app.LayoutAndDraw();
    }

    public ReplScreen Screen { get; }

    /// <summary>Lines that the reader entered.</summary>
    public List<string> Entered { get; } = [];

    public int Cancelled { get; private set; }

    public int Quits { get; private set; }

    public bool IsBusy { get; set; }

    public int Waiting { get; set; }

    /// <summary>What lines may become.</summary>
    public Func<string, IReadOnlyList<string>> Completions { get; set; } =
        line => [.. CommandList.Names.Select(name => $"/{name}").Where(name => line.StartsWith('/') && name.StartsWith(line, StringComparison.Ordinal))];

    /// <summary>What is on the screen, without blanks at the ends of rows.</summary>
    public string Text => string.Join('\n', _app.Driver!.ToString()!.Split('\n').Select(row => row.TrimEnd()));

    /// <summary>The same with everything that a terminal gets.</summary>
    public string Ansi => _app.Driver!.ToAnsi();

    /// <summary>Where the terminal's own cursor stands.</summary>
    public Point? Caret
    {
        get
        {
            _app.Navigation!.UpdateCursor();
            return _app.Driver!.GetCursor().Position;
        }
    }

    public void Press(params Key[] keys)
    {
        foreach (Key key in keys)
            _app.InjectKey(key);

        Draw();
    }

    public void Type(string text)
    {
        foreach (System.Text.Rune rune in text.EnumerateRunes())
            _app.InjectKey(new Key(rune.Value));

        Draw();
    }

    public void Paste(string text)
    {
        _app.RaisePasteEvent(text);
        Draw();
    }

    /// <summary>What a terminal sends.</summary>
    public void Send(string characters)
    {
        InputProcessorImpl<char> processor = (InputProcessorImpl<char>)_app.Driver!.GetInputProcessor();
        foreach (char c in _keys.Rewrite(characters))
            processor.InputQueue.Enqueue(c);

        processor.ProcessQueue();
        Draw();
    }

    public void Click(int column, int row)
    {
        _app.InjectMouse(new() { Flags = MouseFlags.LeftButtonPressed, ScreenPosition = new(column, row) });
        _app.InjectMouse(new() { Flags = MouseFlags.LeftButtonReleased, ScreenPosition = new(column, row) });
        Draw();
    }

    public void Wheel(MouseFlags direction, int column, int row)
    {
        _app.InjectMouse(new() { Flags = direction, ScreenPosition = new(column, row) });
        Draw();
    }

    public void Happen(params SessionEvent[] events)
    {
        Screen.Take(events);
        Draw();
    }

    public void Resize(int columns, int rows)
    {
        _app.Driver!.SetScreenSize(columns, rows);
        Draw();
        Draw();
    }

    public void Wait(TimeSpan time)
    {
        _time.Now += time.Ticks;
        _clock.Advance(time);
        Draw();
    }

    public void Dispose()
    {
        Screen.Dispose();
        _app.Dispose();
    }

    private void Draw() => _app.LayoutAndDraw();

    private sealed class ManualTime : TimeProvider
    {
        public long Now { get; set; }

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Now;
    }
}
