using System.Collections.Immutable;
using Spud.Configuration;
using Spud.Execution;
using Spud.Models;
using Spud.Text.ChatTemplates;

namespace Spud.Host.Tests.Cli;

public sealed class FailureTests
{
    public static TheoryData<Exception, int> Exceptions => new()
    {
        { new BadInputException("m"), 2 },
        { new ModelFileException("m"), 2 },
        { new CompositionException("m"), 2 },
        { new ConfigurationException(ImmutableArray.Create(new Fault(new Origin("f"), "m"))), 2 },
        { new ContextOverflowException(9, 8), 2 },
        { new TemplateException("m", 1, 2), 2 },
        { new RefusedException("m"), 2 },
        { new FileNotFoundException("m"), 2 },
        { new UnauthorizedAccessException("m"), 2 },
        { new PagePoolFullException("m"), 1 },
        { new InsufficientMemoryException("m"), 1 },
        { new ComponentException("experts", "cpu", 3, new ArithmeticException("m")), 1 },
        { new IOException("m"), 1 },
    };

    [Theory]
    [MemberData(nameof(Exceptions))]
    public void What_is_meant_for_users_is_said_as_it_is(Exception exception, int exitCode) =>
        Assert.Equal(new Failure(exception.Message, exitCode), Failure.Of(exception));

    [Fact]
    public void Anything_else_is_called_unexpected_with_its_type() =>
        Assert.Equal(new("unexpected error: ArithmeticException: m (--verbose shows the stack trace)", 1), Failure.Of(new ArithmeticException("m")));

    [Fact]
    public void Too_little_memory_is_one_exit_code_wherever_it_runs_out()
    {
        InsufficientMemoryException none = new("m");
        Assert.All<Exception>([none, new CompositionException("m", none), new NoThreads(), new ComponentException("head", "cpu", null, none)], fault => Assert.Equal(1, Failure.Of(fault).ExitCode));
        Assert.DoesNotContain("unexpected", Failure.Of(new NoThreads()).Message);
    }

    [Fact]
    public void An_interrupt_says_nothing() => Assert.Equal(new("", 130), Failure.Of(new OperationCanceledException()));

    [Fact]
    public void A_closed_pipe_is_no_failure() => Assert.Equal(new("", 0), Failure.Of(new IOException("m", 32)));

    [Fact]
    public void An_exception_without_a_message_or_with_one_that_throws_is_reported_all_the_same()
    {
        Assert.Equal(new("unexpected error: Mute: (no message) (--verbose shows the stack trace)", 1), Failure.Of(new Mute()));
        Assert.Equal(new("unexpected error: Trap: (its message cannot be read) (--verbose shows the stack trace)", 1), Failure.Of(new Trap()));
        Assert.Contains("Trap", Failure.Details(new Trap()));
    }

    private sealed class NoThreads : OutOfMemoryException;

    private sealed class Mute : Exception
    {
        public override string Message => null!;
    }

    private sealed class Trap : Exception
    {
        public override string Message => throw new NotSupportedException();
    }
}
