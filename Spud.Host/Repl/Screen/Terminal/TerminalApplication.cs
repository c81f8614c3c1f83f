using System.Reflection;
using Terminal.Gui.App;
using Terminal.Gui.Drivers;
using Terminal.Gui.Time;

namespace Spud.Host.Repl.Screen;

/// <summary>The library's application on this process's terminal, with our own input reader.</summary>
internal static class TerminalApplication
{
    /// <summary>Takes over the terminal.</summary>
    /// <param name="input">Reads it.</param>
    public static IApplication Create(TerminalInput input)
    {
        IApplication app = Application.Create();
        if (Constructor(app.GetType()) is { } constructor)
            app = (IApplication)constructor.Invoke([new AnsiComponentFactory(input), new SystemTimeProvider()]);

        return app.Init();
    }

    /// <summary>Sets an application's input reader, which version 2.5 offers only to its own tests; null if not available.</summary>
    internal static ConstructorInfo? Constructor(Type type) =>
        type.GetConstructor(BindingFlags.Instance | BindingFlags.NonPublic, [typeof(IComponentFactory), typeof(ITimeProvider)]);
}
