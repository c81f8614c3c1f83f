using System.Runtime.InteropServices;

namespace Spud.Host.Tests.Cli;

public sealed class InterruptsTests
{
    [Fact]
    public void The_first_interrupt_of_a_section_cancels_it_and_the_second_ends_the_process()
    {
        using Interrupts interrupts = new();
        using Interrupts.Section section = interrupts.Begin();
        Assert.True(interrupts.Raise(PosixSignal.SIGINT));
        Assert.True(section.Token.IsCancellationRequested);
        Assert.False(interrupts.Raise(PosixSignal.SIGINT));
    }

    [Fact]
    public void Outside_of_a_section_an_interrupt_ends_the_process()
    {
        using Interrupts interrupts = new();
        interrupts.Begin().Dispose();
        Assert.False(interrupts.Raise(PosixSignal.SIGINT));
    }

    [Fact]
    public void Who_is_idle_may_go_on_after_ctrl_c_and_not_when_the_system_asks_for_the_end()
    {
        using Interrupts interrupts = new() { Idle = _ => true };
        Assert.True(interrupts.Raise(PosixSignal.SIGINT));
        Assert.False(interrupts.Raise(PosixSignal.SIGTERM));
    }

    [Fact]
    public void Work_that_is_cancelled_because_the_process_ends_knows_that_it_ends()
    {
        PosixSignal? told = null;
        using Interrupts interrupts = new() { Ending = signal => told = signal };
        using Interrupts.Section section = interrupts.Begin();
        (bool IsEnding, PosixSignal? Told) seen = default;
        section.Token.Register(() => seen = (interrupts.IsEnding, told));
        Assert.True(interrupts.Raise(PosixSignal.SIGTERM));
        Assert.Equal((true, PosixSignal.SIGTERM), seen);
    }

    [Fact]
    public void Each_section_has_its_own_token()
    {
        using Interrupts interrupts = new();
        using (interrupts.Begin())
            interrupts.Raise(PosixSignal.SIGINT);

        using Interrupts.Section next = interrupts.Begin();
        Assert.False(next.Token.IsCancellationRequested);
    }

    [Fact]
    public void A_signal_that_comes_as_a_section_ends_harms_neither()
    {
        using Interrupts interrupts = new();
        using CancellationTokenSource end = new();
        Thread signals = new(() =>
        {
            while (!end.IsCancellationRequested)
                interrupts.Raise(PosixSignal.SIGINT);
        });
        signals.Start();
        try
        {
            for (int i = 0; i < 20_000; i++)
                interrupts.Begin().Dispose();
        }
        finally
        {
            end.Cancel();
            signals.Join();
        }
    }
}
