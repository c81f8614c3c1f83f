using System.Collections.Immutable;
using Spud.Composition;
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
        Assert.Equal(new("unexpected: ArithmeticException: m (--verbose shows where)", 1), Failure.Of(new ArithmeticException("m")));

    [Fact]
    public void An_interrupt_says_nothing() => Assert.Equal(new("", 130), Failure.Of(new OperationCanceledException()));

    [Fact]
    public void A_closed_pipe_is_no_failure() => Assert.Equal(new("", 0), Failure.Of(new IOException("m", 32)));
}
