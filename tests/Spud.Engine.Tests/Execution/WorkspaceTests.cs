using Spud.Execution;
using Xunit;

namespace Spud.Tests.Execution;

public sealed class WorkspaceTests
{
    [Fact]
    public void A_view_before_the_arena_is_laid_out_throws_instead_of_pointing_near_zero()
    {
        Workspace workspace = new(new HostDomain(), 1024);
        Assert.Contains("not in its factory", Assert.Throws<InvalidOperationException>(() => workspace.View(ElementType.F32, 4)).Message);
        Assert.Contains("not in its factory", Assert.Throws<InvalidOperationException>(() => workspace.ViewAt(64, ElementType.F32, 4)).Message);
    }
}
