from django.contrib.admin import apps


class PortalAdminConfig(apps.AdminConfig):
    default = False  # named in INSTALLED_APPS; the entry "sohosolo" means the portal itself
    default_site = "sohosolo.admin.AdminSite"
