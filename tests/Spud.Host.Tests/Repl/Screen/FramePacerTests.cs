using System.Diagnostics;
using Spud.Host.Repl.Screen;
using Terminal.Gui.App;
using Terminal.Gui.Drivers;
using Terminal.Gui.Views;

namespace Spud.Host.Tests.Repl.Screen;

/// <summary>
/// When frames are made, by the real clock. A busy machine makes frames late and never early: a lower bound of a time always holds, and of an upper one
/// that the quickest of several tries keeps it.
/// </summary>
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
        await NextFrame();
        Stopwatch watch = Stopwatch.StartNew();
        int before = _frames;
        await Until(() => _frames >= before + 3);
        Assert.True(watch.Elapsed > TimeSpan.FromSeconds(1.5), $"{watch.Elapsed}");
    }

    [Fact]
    public async Task Input_makes_a_frame_at_once()
    {
        await SoonerThanIdle(() =>
        {
            int before = _frames;
            _pacer.OnInput();
            return () => _frames > before;
        });
    }

    [Fact]
    public async Task What_a_timer_changed_is_drawn_at_once()
    {
        await SoonerThanIdle(() =>
        {
            int ran = int.MaxValue;
            _app.AddTimeout(TimeSpan.FromMilliseconds(100), () =>
            {
                ran = _frames;
                return false;
            });
            return () => _frames > Volatile.Read(ref ran);
        });
    }

    // A frame of an idle screen comes a second after the one before.
    private async Task SoonerThanIdle(Func<Func<bool>> begin)
    {
        TimeSpan quickest = TimeSpan.MaxValue;
        for (int attempt = 0; attempt < 10 && quickest >= TimeSpan.FromSeconds(0.7); attempt++)
        {
            await Idle();
            await NextFrame();
            Stopwatch watch = Stopwatch.StartNew();
            await Until(begin());
            quickest = watch.Elapsed < quickest ? watch.Elapsed : quickest;
        }

        Assert.True(quickest < TimeSpan.FromSeconds(0.7), $"{quickest}");
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
