namespace Spud.Metering;

/// <summary>A figure counted by a component itself: shown as reported by the plugin, never billed.</summary>
/// <param name="Role">The component's role.</param>
/// <param name="Component">Its name, with plugin.</param>
/// <param name="Name">Name of the figure.</param>
/// <param name="Value">The sum over the request's committed steps.</param>
public sealed record ReportedFigure(string Role, string Component, string Name, double Value);
