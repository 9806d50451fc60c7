using System.Xml.Linq;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.DataProtection.Repositories;
using Microsoft.AspNetCore.DataProtection.XmlEncryption;
using Microsoft.Extensions.Options;

namespace Crowsnest.Functions;

/// <summary>
/// Keeps ASP.NET Core from writing a file of keys into the home folder at start: nothing here is protected with them.
/// </summary>
internal sealed class NoStoredKeys : IConfigureOptions<KeyManagementOptions>, IXmlRepository
{
    private readonly List<XElement> _elements = [];

    public void Configure(KeyManagementOptions options)
    {
        options.XmlRepository = this;
        options.XmlEncryptor = new NullXmlEncryptor();
    }

    public IReadOnlyCollection<XElement> GetAllElements() => [.. _elements];

    public void StoreElement(XElement element, string friendlyName) => _elements.Add(element);
}
