using System.Diagnostics;
using Spud.Host.Repl.Screen;
using Terminal.Gui.App;
using Terminal.Gui.Drivers;
using Terminal.Gui.Views;

namespace Spud.Host.Tests.Repl.Screen;

/// <summary>When frames are made, by the real clock.</summary>
[Collection("screen")]
public sealed class FramePacerTests : IDisposable
{
    private readonly IApplication _app;
    private readonly Runnable _screen = new();
    private readonly FramePacer _pacer;
    private readonly Thread _loop;
    private int _frames;

    public FramePacerTests()
    {
        Environment.SetEnvironmentVariable("DisableRealDriverIO", "1");
        _app = Application.Create().Init(DriverRegistry.Names.ANSI);
        _pacer = new(_app, settles: TimeSpan.FromMilliseconds(200));
        _app.Iteration += (_, _) => _frames++;
        _loop = new(() => _app.Run(_screen));
        _loop.Start();
    }

    public void Dispose()
    {
        _app.AddTimeout(TimeSpan.Zero, () =>
        {
            _app.RequestStop(_screen);
            return false;
        });
        _loop.Join();
        _pacer.Dispose();
        _screen.Dispose();
        _app.Dispose();
    }

    [Fact]
    public async Task An_idle_screen_makes_a_frame_a_second()
    {
        await Idle();
        int before = _frames;
        await Task.Delay(TimeSpan.FromSeconds(2), TestContext.Current.CancellationToken);
        Assert.InRange(_frames - before, 1, 4);
    }

    [Fact]
    public async Task Input_makes_a_frame_at_once()
    {
        await Idle();
        await NextFrame();
        int before = _frames;
        Stopwatch watch = Stopwatch.StartNew();
        _pacer.OnInput();
        await Until(() => _frames > before);
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(0.7), $"{watch.Elapsed}"); // a frame of an idle screen comes after a second
    }

    [Fact]
    public async Task What_a_timer_changed_is_drawn_at_once()
    {
        await Idle();
        await NextFrame();
        int ran = int.MaxValue;
        Stopwatch watch = Stopwatch.StartNew();
        _app.AddTimeout(TimeSpan.FromMilliseconds(100), () =>
        {
            ran = _frames;
            return false;
        });
        await Until(() => _frames > Volatile.Read(ref ran));
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(0.7), $"{watch.Elapsed}");
    }

    private static Task Idle() => Task.Delay(TimeSpan.FromSeconds(1), TestContext.Current.CancellationToken);

    private Task NextFrame()
    {
        int before = _frames;
        return Until(() => _frames > before);
    }

    private static async Task Until(Func<bool> condition)
    {
        while (!condition())
            await Task.Delay(1, TestContext.Current.CancellationToken);
    }
}
