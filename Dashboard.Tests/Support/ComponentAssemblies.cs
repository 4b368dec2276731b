using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.Loader;

namespace Crossbench.Tests.Support;

/// <summary>bUnit asks for a later AngleSharp.Diffing than there is; the one beside the tests serves.</summary>
internal static class ComponentAssemblies
{
    [ModuleInitializer]
    internal static void Resolve() => AssemblyLoadContext.Default.Resolving += (context, name) =>
    {
        var file = Path.Combine(AppContext.BaseDirectory, $"{name.Name}.dll");
        return name.Name is "AngleSharp.Diffing" && File.Exists(file) ? Assembly.LoadFrom(file) : null;
    };
}
