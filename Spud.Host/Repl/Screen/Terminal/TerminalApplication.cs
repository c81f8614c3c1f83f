using System.Reflection;
using Terminal.Gui.App;
using Terminal.Gui.Drivers;
using Terminal.Gui.Time;

namespace Spud.Host.Repl.Screen;

/// <summary>The library's application on this process's terminal, with a reader of ours.</summary>
internal static class TerminalApplication
{
    /// <summary>Takes the terminal.</summary>
    /// <param name="input">Reads it.</param>
    public static IApplication Create(TerminalInput input)
    {
        IApplication app = Application.Create();
        if (Constructor(app.GetType()) is { } constructor)
            app = (IApplication)constructor.Invoke([new AnsiComponentFactory(input), new SystemTimeProvider()]);

        return app.Init();
    }

    /// <summary>How an application gets another reader, which version 2.5 offers to its own tests alone; null: not at all.</summary>
    internal static ConstructorInfo? Constructor(Type type) =>
        type.GetConstructor(BindingFlags.Instance | BindingFlags.NonPublic, [typeof(IComponentFactory), typeof(ITimeProvider)]);
}
